/**
 * One script a shell. Each hands the words up to the cursor to `anth-rbac __complete`, which answers with a line for each candidate (the
 * word, a tab, what it means) and, where the name of a file may stand there, the line `:files`. Nothing that is typed is evaluated: what
 * a shell would expand is passed as it stands. Own code because the scripts of @bomb.sh/tab evaluate what is typed at each Tab, take a
 * name with a blank in it apart, and print by themselves.
 */

/** Works from bash 3.2 on, and needs no bash-completion. */
export const BASH = `# Completion of anth-rbac for bash. In ~/.bashrc: source <(anth-rbac completion bash)
_anth_rbac() {
  # Bash takes words apart at : = and @; here they are whole again.
  local rest=\${COMP_LINE:0:COMP_POINT} blank part i
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    blank=\${rest%%[![:space:]]*}
    rest=\${rest:\${#blank}}
    part=\${COMP_WORDS[i]}
    ((i == COMP_CWORD)) && part=$rest
    if [[ -n $blank || i -eq 0 ]]; then words+=("$part"); else words[\${#words[@]} - 1]+=$part; fi
    rest=\${rest:\${#part}}
  done
  local typed=\${words[\${#words[@]} - 1]}
  local quote=
  [[ $typed == [\\"\\']* ]] && quote=\${typed:0:1}
  for i in "\${!words[@]}"; do words[i]=\${words[i]//[\\"\\'\\\\]/}; done
  local current=\${words[\${#words[@]} - 1]}
  # What bash does not replace: all of the word up to the last place at which it takes words apart; of an @ it replaces that too.
  local kept=
  [[ -z $quote ]] && kept=\${current%"\${current##*["$COMP_WORDBREAKS"]}"}
  kept=\${kept%@}
  local line word
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "\${current#"$kept"}")
      continue
    fi
    word=\${line%%$'\\t'*}
    [[ $word == "$current"* ]] || continue
    word=\${word#"$kept"}
    [[ -n $quote ]] || printf -v word %q "$word"
    COMPREPLY+=("$word")
  done < <(command anth-rbac __complete -- "\${words[@]:1}" 2>/dev/null)
  # What still wants a value gets no blank: --allow self=
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
}
complete -F _anth_rbac anth-rbac
`;

export const ZSH = `#compdef anth-rbac
# Completion of anth-rbac for zsh. In ~/.zshrc, after compinit: source <(anth-rbac completion zsh)
_anth-rbac() {
  local -a lines candidates wanting
  local line word about files
  lines=("\${(@f)$(command anth-rbac __complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  for line in $lines; do
    if [[ $line == :files ]]; then
      files=yes
      continue
    fi
    word=\${\${line%%$'\\t'*}//:/\\\\:}
    about=\${line#*$'\\t'}
    if [[ $word == *= ]]; then wanting+=("$word\${about:+:$about}"); else candidates+=("$word\${about:+:$about}"); fi
  done
  (( $#candidates )) && _describe 'anth-rbac' candidates
  (( $#wanting )) && _describe 'anth-rbac' wanting -S ''
  if [[ -n $files ]]; then
    compset -P '--*='
    _files
  fi
}
if [[ $funcstack[1] == _anth-rbac ]]; then _anth-rbac "$@"; else compdef _anth-rbac anth-rbac; fi
`;

export const FISH = `# Completion of anth-rbac for fish: anth-rbac completion fish > ~/.config/fish/completions/anth-rbac.fish
function __anth_rbac_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct | string unescape)
    for line in (command anth-rbac __complete -- $words[2..-1] "$current" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$current"
        else
            echo -- $line
        end
    end
end
complete -c anth-rbac -f -a '(__anth_rbac_complete)'
`;
