#compdef asyncgen
# Completion of asyncgen in zsh. In ~/.zshrc, after compinit: source <(asyncgen completion zsh)
_asyncgen() {
	local line word
	local -a found folders
	for line in "${(@f)$("${(Q)words[1]/#\~/$HOME}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
		word=${line%%$'\t'*}
		if [[ $word == */ || $word == *... ]]; then
			folders+=("$word")
		elif [[ $line == *$'\t'* ]]; then
			found+=("${word//:/\\:}:${line#*$'\t'}")
		elif [[ -n $word ]]; then
			found+=("${word//:/\\:}")
		fi
	done
	(( $#folders )) && compadd -S '' -a folders
	(( $#found )) && _describe asyncgen found
}
compdef _asyncgen asyncgen
