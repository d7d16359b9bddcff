"""Every error that a user, a trainer or an operator can meet, each with a code.

Support searches for a code, not for a sentence. A message says what went wrong, where, and what to do next; it never
holds a client's data. `docs/errors.md` lists the codes; a test keeps the list and this catalogue equal.
"""

from __future__ import annotations

CATALOGUE: dict[str, str] = {
    "E101": "语料文件读不了或不合格式",
    "E102": "语料内容互相矛盾（重复、引用不存在、审批无效）",
    "E103": "话术里有不许说的话",
    "E104": "本行设置缺失或互相矛盾",
    "E105": "词典为空或不合格式",
    "E106": "没有这个代码或这条表达式",
    "E107": "规则没有通过自己的例句",
    "E108": "没有这样的陪练",
    "E201": "合规检查拦下了将要发出的话",
    "E202": "适当性判断所需资料不全",
    "E203": "没有这位客户或这只产品",
    "E301": "请求没有通过内部认证",
    "E302": "请求内容不合格式",
    "E303": "消息太长",
    "E304": "助手没有在时限内答复",
    "E305": "没有可以发出的答复",
    "E306": "按钮已失效",
    "E307": "动作服务没有运行或出错",
    "E308": "助手还没有准备好",
    "E401": "数据库连不上或出错",
    "E402": "审计记录写不进去，答复已扣下",
    "E403": "审计记录被改动、缺失或乱序",
    "E404": "导入文件有错，一行也没有导入",
    "E405": "导入文件读不了",
    "E501": "模型文件不见了、被改动过或签名不符",
    "E502": "模型是别的版本训练的",
    "E503": "训练数据不够或有错",
    "E504": "启动失败",
    "E505": "评测文件有错",
    "E506": "导出的日期或文件名不对",
}


class HuashuError(Exception):
    """An error with a code of the catalogue and a message for the person who meets it.

    Args:
        code: a key of `CATALOGUE`, such as ``"E101"``.
        message: Chinese, one or two plain sentences: what, where, what to do next.
    """

    def __init__(self, code: str, message: str) -> None:
        if code not in CATALOGUE:
            raise ValueError(f"unknown error code {code}")
        super().__init__(message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"[{self.code}] {self.message}"
