"""The pages that a client sees: the risk questionnaire."""
