/** What a shell reads so that it asks `vnctl __complete` for what may come next. */

const BASH = `# bash completion of vnctl: source <(vnctl completion bash)
_vnctl() {
  local IFS=$'\\n'
  COMPREPLY=($(vnctl __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _vnctl vnctl`

const ZSH = `#compdef vnctl
# zsh completion of vnctl: source <(vnctl completion zsh)
_vnctl() {
  local -a found
  found=("\${(@f)$(vnctl __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found
}
compdef _vnctl vnctl`

const FISH = `# fish completion of vnctl: vnctl completion fish | source
complete -c vnctl -f -a '(vnctl __complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'`

export const SHELLS = ['bash', 'zsh', 'fish'] as const

export const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = { bash: BASH, zsh: ZSH, fish: FISH }
