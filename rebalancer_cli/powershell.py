"""Completion for PowerShell: its script, and the answers it reads, one JSON object a line."""

from __future__ import annotations

import json
import os
from typing import Any, ClassVar

from click.shell_completion import (
    CompletionItem,
    ShellComplete,
    add_completion_class,
    split_arg_string,
)

SHELL = "powershell"

# ConvertFrom-Json takes the text as it is, whatever is in it. A variable that is unset again is
# not seen by the next command.
_SOURCE = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $line = $commandAst.ToString()
    $end = [Math]::Min($cursorPosition - $commandAst.Extent.StartOffset, $line.Length)
    $env:COMP_WORDS = $line.Substring(0, [Math]::Max($end, 0))
    $env:COMP_WORD = $wordToComplete
    $env:%(complete_var)s = "powershell_complete"
    try {
        %(prog_name)s | ForEach-Object {
            $item = $_ | ConvertFrom-Json
            [System.Management.Automation.CompletionResult]::new(
                $item.value, $item.value, "ParameterValue", $item.help)
        }
    } finally {
        Remove-Item Env:COMP_WORDS, Env:COMP_WORD, Env:%(complete_var)s
    }
}
"""


class PowerShellComplete(ShellComplete):
    """What click asks of a shell: the words typed so far, and how an answer is written."""

    name: ClassVar[str] = SHELL
    source_template: ClassVar[str] = _SOURCE

    def get_completion_args(self) -> tuple[list[str], str]:
        """The whole words before the cursor, without the program's name, and the unfinished one."""
        words = split_arg_string(os.environ["COMP_WORDS"])[1:]
        unfinished = os.environ["COMP_WORD"]
        if unfinished and words:
            words.pop()
        return words, unfinished

    def format_completion(self, item: CompletionItem) -> str:
        """One answer as a JSON object; PowerShell wants a tooltip that is not empty."""
        value: Any = item.value
        return json.dumps({"value": str(value), "help": item.help or str(value)})


def register() -> None:
    """Let click know this shell."""
    add_completion_class(PowerShellComplete)
