"""`cstar completion`: the script that makes a shell complete commands, options and their values."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import (
    BashComplete,
    ShellComplete,
    add_completion_class,
    get_completion_class,
    shell_complete,
)

from cstar_async.cli.state import State

VARIABLE = "_CSTAR_COMPLETE"
_BASH = """\
# shellcheck shell=bash
%(complete_func)s() {
    local IFS=$'\\n' type value
    COMPREPLY=()
    while IFS=',' read -r type value; do
        if [[ $type == dir ]]; then
            compopt -o dirnames
        elif [[ $type == file ]]; then
            compopt -o default
        elif [[ $type == plain ]]; then
            COMPREPLY+=("$value")
        fi
    done < <(COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD %(complete_var)s=bash_complete "$1" 2>/dev/null)
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


@add_completion_class
class _Bash(BashComplete):
    """As click's, but with quoted words, and `--option=value`, which bash makes three words of."""

    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is completed, and that one."""
        args, incomplete = super().get_completion_args()
        return (args[:-1] if args and args[-1] == "=" else args), incomplete


def complete(root: click.Command, instruction: str) -> int:
    """Answer a shell that asks for completions."""
    return shell_complete(root, {"obj": State()}, "cstar", VARIABLE, instruction)


def _print(shell: str) -> None:
    kind = get_completion_class(shell)
    assert kind is not None
    # The method of the base class: that of bash starts one to ask for its version.
    click.echo(ShellComplete.source(kind(click.Command("cstar"), {}, "cstar", VARIABLE)), nl=False)


def _make() -> click.Command:
    def callback(**values: Any) -> None:
        _print(values["shell"])

    return click.Command(
        "completion",
        params=[click.Argument(["shell"], type=click.Choice(["bash", "zsh", "fish"], case_sensitive=False))],
        callback=callback,
        help=(
            "Write the script that makes a shell complete commands, options and their values.\n\n"
            "\b\n"
            'bash: add to ~/.bashrc   eval "$(cstar completion bash)"\n'
            'zsh:  add to ~/.zshrc    eval "$(cstar completion zsh)"    after compinit\n'
            "fish: run once           cstar completion fish > ~/.config/fish/completions/cstar.fish"
        ),
        epilog='Example: eval "$(cstar completion bash)"',
    )


command = _make()
