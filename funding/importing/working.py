"""The jobs of imports: a person asks for a step, a worker carries it out.

Checking is done anew where it was cut off. Recording and taking back go on where they stopped, since each of their
batches is a transaction of its own; whoever cancels one keeps what was recorded so far, and may go on or take it back.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction

from funding import jobs
from funding.models import Import, Job, SavedMapping

from . import checking, mappings, recording
from .arriving import Unusable, form_of, reread
from .checking import Progress
from .recording import Stopped

State = Import.State
# From which states a step may be asked for, which one it leads into, and which one it ends in.
FROM: Final = {
    "check": (State.ARRIVED, State.CHECKED),
    "record": (State.CHECKED, State.RECORDING),
    "take_back": (State.RECORDED, State.RECORDING, State.UNDOING),
}
DURING: Final = {"check": State.CHECKING, "record": State.RECORDING, "take_back": State.UNDOING}
ENDED: Final = {"check": State.CHECKED, "record": State.RECORDED, "take_back": State.UNDONE}
RESULTS: Final = {
    "check": "The file is checked.",
    "record": "The file is recorded.",
    "take_back": "The file is taken back.",
}


def ask(file: Import, step: str, by: User | None) -> Job:
    """Queue a step, "check", "record" or "take_back", of a file. Raises Stopped where it is not its turn."""
    with transaction.atomic():
        held = held_at_rest(file)
        if held.state not in FROM[step]:
            raise Stopped(f"The file is {held.get_state_display()}.")
        if step == "record":
            recording.begin(held, by)
        held.state, held.reason = DURING[step], ""
        payload = {"import": held.pk, "step": step}
        held.job = jobs.enqueue(Job.Kind.IMPORT, f"import:{held.pk}:{uuid.uuid4()}", payload, by=by)
        held.save(update_fields=["state", "reason", "job"])
    return held.job


def held_at_rest(file: Import) -> Import:
    """The import, held in the caller's transaction. Raises Stopped where a job is at it, or it is gone."""
    held = Import.objects.select_for_update(no_key=True, of=("self",)).select_related("job").filter(pk=file.pk).first()
    if held is None:
        raise Stopped("The import was deleted.")
    if held.job is not None and held.job.is_open:
        raise Stopped("A job is at work on this file. Wait for its end, or cancel it first.")
    return held


def remap(
    file: Import,
    mapping: Mapping[str, str],
    options: Mapping[str, Any],
    *,
    encoding: str = "",
    delimiter: str = "",
    save_as: str = "",
    by: User | None = None,
) -> bool:
    """Say how a file is written and what its columns mean, which it has to be checked for again.

    With `save_as` that is kept under a name as well. Returns whether the columns are the same as before; where they
    are others, by another delimiter or encoding, what they mean is guessed anew and nothing is kept under a name.
    Raises Stopped or Unusable, and changes nothing then.
    """
    with transaction.atomic():
        held = _held_to_map(file)
        before = held.header
        reread(held, encoding=encoding, delimiter=delimiter, mapping=mapping, options=options)
        is_same = bool(held.header == before)
        if save_as.strip() and is_same:
            mappings.keep(held, save_as, by)
        return is_same


def use_mapping(file: Import, mapping: SavedMapping) -> None:
    """Read a file by a mapping that was saved before; it has to be checked for again. Raises Stopped or Unusable."""
    with transaction.atomic():
        held = _held_to_map(file)
        as_of = form_of(held).options.as_of
        held.format = mappings.form_by(mapping, held.header, as_of).as_json()
        held.state, held.counts = State.ARRIVED, {}
        held.rows.all().delete()
        held.save(update_fields=["format", "state", "counts", "reason"])


def _held_to_map(file: Import) -> Import:
    """The import, held in the caller's transaction, before anything of it is recorded. Raises Stopped."""
    held = held_at_rest(file)
    if held.state not in FROM["check"]:
        raise Stopped(f"The file is {held.get_state_display()}.")
    held.reason = ""
    return held


def discard(file: Import) -> None:
    """Delete a file of which nothing was recorded, with its rows. Raises Stopped."""
    with transaction.atomic():
        held = held_at_rest(file)
        if held.change_id is not None:
            raise Stopped("What was recorded of the file stands. Take it back instead.")
        held.delete()


def follow(job: Job) -> None:
    """What an import learns from a job that did not come to a good end, or is queued again by hand."""
    file = Import.objects.select_for_update(no_key=True).filter(job=job).first()
    if file is None:
        return
    if job.state == Job.State.QUEUED:
        file.reason = ""
        if file.state == State.ARRIVED:
            file.state = State.CHECKING
    else:
        file.reason = job.error
        if file.state == State.CHECKING:
            file.state = State.ARRIVED
    file.save(update_fields=["state", "reason"])


@jobs.handles(Job.Kind.IMPORT, on_outcome=follow)
def work(job: Job) -> jobs.Effects:
    """Carry out a step of an import, unless that was done before."""
    step = job.payload["step"]
    file = Import.objects.filter(pk=job.payload["import"], job=job).first()
    if file is None:
        raise jobs.JobFailed("The import was deleted, or another job has taken its place.")

    def progress(words: str, done: int, total: int) -> None:
        jobs.report_progress(job, words, done, total)

    if file.state != ENDED[step]:
        try:
            _carry_out(step)(file, job, progress)
        except (Unusable, Stopped) as error:
            raise jobs.JobFailed(str(error)) from error

    def end() -> str:
        Import.objects.filter(pk=file.pk, state=State.CHECKING).update(state=State.CHECKED)
        return RESULTS[step]

    return end


def _carry_out(step: str) -> Callable[[Import, Job, Progress], object]:
    steps: dict[str, Callable[[Import, Job, Progress], object]] = {
        "check": lambda file, _job, progress: checking.check(file, progress),
        "record": lambda file, _job, progress: recording.record(file, progress),
        "take_back": lambda file, job, progress: recording.take_back(file, job.created_by, progress),
    }
    return steps[step]
