/**
 * The script for bash. The library's own one runs what was typed so far, `$(…)` included, completes no names of files,
 * cannot be read twice, and needs the package bash-completion.
 */
export const BASH_COMPLETION = `# bash completion for bdrc-task

__bdrc_task_complete() {
    local cur cword words out value
    if declare -F _get_comp_words_by_ref > /dev/null; then
        _get_comp_words_by_ref -n "=:" cur cword words
    else
        cur=\${COMP_WORDS[COMP_CWORD]} cword=$COMP_CWORD words=("\${COMP_WORDS[@]}")
    fi
    # What was typed is handed over as it stands there: nothing of it is run.
    out=$(bdrc-task complete -- "\${words[@]:1:cword}" 2> /dev/null) || return
    # The last line says whether names of files are completed where there is nothing else; bash 3 has no compopt.
    if (( \${out##*:} & 4 )); then compopt +o default 2> /dev/null; fi
    while IFS=$'\\t' read -r value _; do
        if [[ $value == "$cur"* && $value != :* ]]; then COMPREPLY+=("$value"); fi
    done <<< "$out"
}

complete -o default -F __bdrc_task_complete bdrc-task
`;
