"""What stands in the way of a start is told in one sentence before anything is started."""

from __future__ import annotations

import errno
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, NoReturn

import pytest

from bot.errors import HuashuError
from bot.launch.run import check_disk, check_ports
from bot.settings import Settings, load_settings


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def settings_for(rasa: int, actions: int, portal: int | None = None) -> Settings:
    ports = {"RASA": rasa, "ACTIONS": actions, "PORTAL": portal or free_ports(1)[0]}
    return load_settings({f"HUASHU_{name}_PORT": str(port) for name, port in ports.items()})


@pytest.fixture(params=["127.0.0.1", "0.0.0.0"])
def taken(request: pytest.FixtureRequest) -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as listener:
        listener.bind((request.param, 0))
        listener.listen()
        yield int(listener.getsockname()[1])


def test_free_ports_pass_and_stay_free() -> None:
    settings = settings_for(*free_ports(2))
    check_ports(settings)
    check_ports(settings)


@pytest.mark.parametrize("variable", ["HUASHU_RASA_PORT", "HUASHU_ACTIONS_PORT", "HUASHU_PORTAL_PORT"])
def test_a_taken_port_is_named_with_the_variable_that_changes_it(variable: str, taken: int) -> None:
    place = ["HUASHU_RASA_PORT", "HUASHU_ACTIONS_PORT", "HUASHU_PORTAL_PORT"].index(variable)
    ports = free_ports(2)
    ports.insert(place, taken)
    settings = settings_for(*ports)
    with pytest.raises(HuashuError) as caught:
        check_ports(settings)
    assert caught.value.code == "E504"
    assert f"端口 {taken} 已被占用" in caught.value.message
    assert f"{variable}={taken + 1} make run" in caught.value.message


def test_a_port_that_was_just_in_use_is_free_again() -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as every server does
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = int(listener.getsockname()[1])
        with socket.create_connection(("127.0.0.1", port)) as caller:
            accepted, _ = listener.accept()
            accepted.close()  # this side closes first, so that the port waits in TIME_WAIT
            caller.recv(1)
    check_ports(settings_for(port, free_ports(1)[0]))


def test_one_port_for_two_processes_is_refused() -> None:
    port, other = free_ports(2)
    for ports in ((port, port, other), (port, other, port), (other, port, port)):
        with pytest.raises(HuashuError, match=str(port)) as caught:
            check_ports(settings_for(*ports))
    assert caught.value.code == "E504"


@pytest.mark.parametrize(("port", "other"), [(80, 81), (65535, 65534)])
def test_a_port_that_may_not_be_used_is_told_and_another_proposed(
    port: int, other: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(HuashuError, match=f"端口 {port} 不能使用") as caught:
        check_ports(settings_for(port, 5055, 8000))
    assert caught.value.code == "E504"
    assert f"HUASHU_RASA_PORT={other} " in caught.value.message


class Usage(NamedTuple):
    total: int
    used: int
    free: int


MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("free", "enough"),
    [(0, False), (299 * MEGABYTE, False), (300 * MEGABYTE - 1, False), (300 * MEGABYTE, True), (1 << 40, True)],
)
def test_room_for_three_hundred_megabytes_is_needed(
    free: int, enough: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def usage(path: Path) -> Usage:
        asked.append(path)
        return Usage(1 << 41, 0, free)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    directory = tmp_path / "a" / "var"
    if enough:
        check_disk(directory)
    else:
        with pytest.raises(HuashuError, match=f"只剩 {free >> 20} MB") as caught:
            check_disk(directory)
        assert caught.value.code == "E504"
        assert str(directory) in caught.value.message
    assert asked == [directory]
    assert directory.is_dir()


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    for directory in (tmp_path / "var", tmp_path / "var" / "deeper"):
        with pytest.raises(HuashuError, match="HUASHU_VAR_DIR") as caught:
            check_disk(directory)
        assert caught.value.code == "E504"
