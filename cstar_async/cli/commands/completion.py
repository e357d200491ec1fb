"""`cstar completion`: the script that makes a shell complete commands, options and their values."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    get_completion_class,
    shell_complete,
    split_arg_string,
)

from cstar_async.cli.exits import Exit
from cstar_async.cli.state import Command, State

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "_CSTAR_COMPLETE"
_BASH = """\
# shellcheck shell=bash
%(complete_func)s() {
    local IFS=$'\\n' type value word=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    while IFS=',' read -r type value; do
        if [[ $type == file ]]; then
            compopt -o default
        elif [[ $type == plain ]]; then
            [[ $word == [\\"\\']* ]] || printf -v value '%%q' "$value"
            COMPREPLY+=("$value")
        fi
    done < <(COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORD="$word" %(complete_var)s=bash_complete "$1" 2>/dev/null)
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


@add_completion_class
class _Bash(BashComplete):
    """As click's, but with quoted words, and with words that bash breaks: at `=`, `:` and `@`."""

    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is completed, and that one."""
        return _split(os.environ.get("COMP_LINE", ""))

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """The completions, without what is before the part of the word that bash completes."""
        word, value = os.environ.get("COMP_WORD", ""), _value(incomplete)
        part = "" if not word.strip("=:@") else _split(word)[1]
        kept = max(len(value) - len(part), 0)
        kept -= value[:kept].endswith("@")  # completed with the word, though it is a word of its own
        found = _with_files(super().get_completions(args, incomplete), value)
        return [CompletionItem(each.value[kept:], type=each.type) for each in found]


class _Whole(ShellComplete):
    """For shells that complete a whole word: `--option=value`, and `@file`."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """The completions, each with all of the word."""
        value = _value(incomplete)
        before = incomplete[: len(incomplete) - len(value)]
        found = _with_files(super().get_completions(args, incomplete), value, always=bool(before))
        return [CompletionItem(before + each.value, type=each.type, help=each.help) for each in found]


@add_completion_class
class _Zsh(_Whole, ZshComplete):
    """As click's."""


@add_completion_class
class _Fish(_Whole, FishComplete):
    """As click's, but with commas in values and in what is said of them."""

    source_template = FishComplete.source_template.replace('string split ","', 'string split --max 1 ","')


def _split(line: str) -> tuple[list[str], str]:
    """The words of a line that ends in the word that is completed, after the command; and that word."""
    *words, last = split_arg_string(f"{line}x")  # the x, so that there is a last word, also after a space
    return words[1:], last[:-1]


def _value(word: str) -> str:
    """The value in `--option=value`; else the word."""
    return word.partition("=")[2] if word.startswith("--") and "=" in word else word


def _with_files(items: list[CompletionItem], value: str, *, always: bool = False) -> list[CompletionItem]:
    """The items, with the files in place of one that asks the shell for files, which knows of no @ in front."""
    if not (always or value.startswith("@")):
        return items
    return [each for item in items for each in (map(CompletionItem, _files(value)) if item.type == "file" else (item,))]


def _files(start: str) -> Iterator[str]:
    """The files whose names begin like this; an @ in front stays."""
    at, path = start[: start.startswith("@")], start.removeprefix("@")
    folder, name = os.path.split(path)
    try:
        with os.scandir(folder or ".") as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                if entry.name.startswith(name) and (name or not entry.name.startswith(".")):
                    yield f"{at}{path.removesuffix(name)}{entry.name}{'/' if entry.is_dir() else ''}"
    except OSError:
        return


def complete(root: click.Command, instruction: str) -> int:
    """Answer a shell that asks for completions. A profile file that cannot be used completes nothing."""
    try:
        return shell_complete(root, {"obj": State()}, "cstar", VARIABLE, instruction)
    except click.ClickException:
        return Exit.ERROR


def _print(shell: str) -> None:
    kind = get_completion_class(shell)
    assert kind is not None
    # The method of the base class: that of bash starts one to ask for its version.
    click.echo(ShellComplete.source(kind(click.Command("cstar"), {}, "cstar", VARIABLE)), nl=False)


def _make() -> click.Command:
    def callback(**values: Any) -> None:
        _print(values["shell"])

    return Command(
        "completion",
        params=[click.Argument(["shell"], type=click.Choice(["bash", "zsh", "fish"], case_sensitive=False))],
        callback=callback,
        help=(
            "Write the script that makes a shell complete commands, options, their values, and files.\n\n"
            "\b\n"
            'bash: add to ~/.bashrc   eval "$(cstar completion bash)"\n'
            'zsh:  add to ~/.zshrc    eval "$(cstar completion zsh)"    after compinit\n'
            "fish: run once\n"
            "  cstar completion fish > ~/.config/fish/completions/cstar.fish"
        ),
        epilog='Example: eval "$(cstar completion bash)"',
    )


command = _make()
