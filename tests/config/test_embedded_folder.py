"""The embedded servers of a data folder: they belong to the folder, and whoever leaves last stops them."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running import environ_for

from config.embedded import database_url, redis_url, secret_key, socket_dir
from config.embedded.folder import DataFolder
from config.embedded.programs import CannotStart
from tests.servers import ROOT


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder that does not exist yet, and whose servers are stopped whatever the test did."""
    path = tmp_path / "data"
    yield path
    for server in reversed(DataFolder(path).servers):
        if server.lock.exists():
            server.stop()


def ask(data: Path, sql: str) -> Any:
    with DataFolder(data).postgres.connect("roundbook") as connection:
        row = connection.execute(sql).fetchone()
        return row[0] if row else None


def tell(data: Path, sql: str) -> None:
    with DataFolder(data).postgres.connect("roundbook") as connection:
        connection.execute(sql)


def alive(data: Path) -> list[str]:
    return [server.name for server in DataFolder(data).servers if server.is_alive()]


def wait_until(condition: Any) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.05)


def test_the_servers_run_while_the_folder_is_used_and_keep_the_data(data: Path) -> None:
    with DataFolder(data).use():
        assert alive(data) == ["postgres", "broker"]
        tell(data, "create table kept (word text); insert into kept values ('lasting')")
    assert alive(data) == []
    with DataFolder(data).use():
        assert ask(data, "select word from kept") == "lasting"


def test_text_is_handled_alike_whatever_the_machine_speaks(data: Path) -> None:
    with DataFolder(data).use():
        assert ask(data, "select upper('é') || current_setting('server_encoding')") == "ÉUTF8"


def test_a_second_user_finds_the_servers_and_the_last_one_stops_them(data: Path) -> None:
    first, second = DataFolder(data), DataFolder(data)
    with first.use():
        number = first.postgres.process_id()
        with second.use():
            assert second.postgres.process_id() == number
        assert alive(data) == ["postgres", "broker"]
    assert alive(data) == []


def test_the_servers_outlive_a_killed_user_and_the_next_one_stops_them(data: Path) -> None:
    code = (
        "import sys, time, pathlib; from config.embedded.folder import DataFolder\n"
        "with DataFolder(pathlib.Path(sys.argv[1])).use(): print('using', flush=True); time.sleep(60)"
    )
    user = subprocess.Popen(
        [sys.executable, "-c", code, str(data)], cwd=ROOT, env=environ_for(data), stdout=subprocess.PIPE, text=True
    )
    assert user.stdout is not None and user.stdout.readline() == "using\n"
    user.kill()
    user.wait()
    assert alive(data) == ["postgres", "broker"]
    number = DataFolder(data).postgres.process_id()
    with DataFolder(data).use():
        assert DataFolder(data).postgres.process_id() == number
    assert alive(data) == []


@pytest.mark.parametrize("position", [0, 1])
def test_a_killed_server_is_started_again(data: Path, position: int) -> None:
    folder = DataFolder(data)
    with folder.use():
        tell(data, "create table kept (word text); insert into kept values ('lasting')")
        server = folder.servers[position]
        number = server.process_id()
        assert number is not None
        os.kill(number, signal.SIGKILL)
        wait_until(lambda: folder.revive() == [server.name])
        assert server.answers() and server.process_id() != number
        assert ask(data, "select word from kept") == "lasting"


def test_nothing_is_started_again_while_all_is_well(data: Path) -> None:
    folder = DataFolder(data)
    with folder.use():
        assert folder.revive() == []


def other_program(data: Path) -> subprocess.Popen[bytes]:
    """A process that PostgreSQL takes for itself when it finds its number: alive, and of the same account."""
    account = DataFolder(data).postgres.account()
    return subprocess.Popen(["sleep", "60"], **(account.popen_options() if account else {}))


def leave_pid_file(data: Path, number: int) -> None:
    """What a killed server leaves behind; `number` is by now another program's."""
    cluster = data / "postgres"
    (cluster / "postmaster.pid").write_text(f"{number}\n{cluster}\n1700000000\n5432\n{data}/run\n\n")
    if account := DataFolder(data).postgres.account():
        os.chown(cluster / "postmaster.pid", account.uid, account.gid)


def test_a_stale_process_id_that_another_program_has_by_now_is_no_hindrance(data: Path) -> None:
    with DataFolder(data).use():
        pass
    other = other_program(data)
    try:
        leave_pid_file(data, other.pid)
        with DataFolder(data).use():
            assert ask(data, "select 1") == 1
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_without_that_care_postgresql_would_refuse(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the file is a hindrance to PostgreSQL itself."""
    with DataFolder(data).use():
        pass
    other = other_program(data)
    try:
        leave_pid_file(data, other.pid)
        monkeypatch.setattr("config.embedded.postgres.Postgres._remove_stale_files", lambda self: None)
        with pytest.raises(CannotStart, match="postmaster.pid"), DataFolder(data).use():
            pass
    finally:
        other.kill()
        other.wait()


def test_an_interrupted_initialisation_is_begun_anew(data: Path) -> None:
    folder = DataFolder(data)
    folder.prepare()
    (data / "postgres.new").mkdir()
    (data / "postgres.new" / "PG_VERSION").write_text("half")
    with folder.use():
        assert ask(data, "select 1") == 1
    assert not (data / "postgres.new").exists()


def test_a_path_too_long_for_sockets_works(tmp_path: Path) -> None:
    data = tmp_path / ("long-" * 20) / "data"
    assert not str(socket_dir(data)).startswith(str(data))
    with DataFolder(data).use():
        assert ask(data, "select 1") == 1
        assert DataFolder(data).servers[1].answers()
    assert not socket_dir(data).exists()


def test_both_addresses_name_the_same_sockets() -> None:
    for data in (Path("/srv/roundbook"), Path("/srv") / ("x" * 100), Path("/srv/a folder?of=mine#1")):
        assert database_url(data) == f"postgresql://postgres@/roundbook?host={socket_dir(data)}"
        assert redis_url(data) == f"redis+socket://{socket_dir(data)}/broker.sock"
        assert len(str(socket_dir(data)) + "/.s.PGSQL.5432") <= 103
    assert socket_dir(Path("/srv/roundbook")) == Path("/srv/roundbook/run")
    assert socket_dir(Path("/srv/a folder?of=mine#1")).parent == Path("/tmp")


def test_the_secret_key_is_made_once_and_readable_for_its_owner_alone(data: Path) -> None:
    DataFolder(data).prepare()
    key = secret_key(data)
    assert len(key) >= 50
    assert stat.S_IMODE((data / "secret-key").stat().st_mode) == 0o600
    DataFolder(data).prepare()
    assert secret_key(data) == key


def test_a_data_folder_that_is_a_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("something else")
    with pytest.raises(CannotStart, match=r"^The data folder \S+ cannot be used: .*$"):
        DataFolder(tmp_path / "data").prepare()


def test_a_folder_with_other_things_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(CannotStart, match="not empty and not a data folder"):
        DataFolder(tmp_path).prepare()
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_broken_cluster_is_refused_in_one_sentence(data: Path) -> None:
    DataFolder(data).prepare()
    (data / "postgres").mkdir()
    (data / "postgres" / "base").mkdir()
    with pytest.raises(CannotStart, match="is not a PostgreSQL data folder"), DataFolder(data).use():
        pass
    assert alive(data) == []


def test_a_cluster_of_another_major_version_is_refused_and_left_alone(data: Path) -> None:
    DataFolder(data).prepare()
    (data / "postgres").mkdir()
    (data / "postgres" / "PG_VERSION").write_text("14\n")
    reason = "was made by PostgreSQL 14, and the installed one is 18"
    with pytest.raises(CannotStart, match=reason), DataFolder(data).use():
        pass
    assert (data / "postgres" / "PG_VERSION").read_text() == "14\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the servers to another account")
def test_root_may_keep_the_folder_in_a_private_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    data = home / "data"
    with DataFolder(data).use():
        assert ask(data, "select 1") == 1
        assert (data / "postgres").stat().st_uid != 0
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
