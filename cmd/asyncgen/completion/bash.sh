# Completion of asyncgen in bash. In ~/.bashrc: source <(asyncgen completion bash)
_asyncgen() {
	local word line args=()
	for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
		[[ $word == = ]] || args+=("$word") # bash makes three words of --dump=body
	done
	[[ ${COMP_WORDS[COMP_CWORD]} == = ]] && args+=("")
	COMPREPLY=()
	while IFS= read -r line; do
		line=${line%%$'\t'*}
		COMPREPLY+=("${line%/}") # bash adds the slash
	done < <("${COMP_WORDS[0]/#\~/$HOME}" __complete "${args[@]}" 2>/dev/null)
	if [[ ${COMPREPLY[*]} == */* ]]; then
		compopt -o filenames -o nospace 2>/dev/null
	fi
}
complete -F _asyncgen asyncgen
