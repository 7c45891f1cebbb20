# Completion of asyncgen in fish. Once: asyncgen completion fish > ~/.config/fish/completions/asyncgen.fish
complete -c asyncgen -f -a '(set -l words (commandline -opc); $words[1] __complete $words[2..] (commandline -ct) 2>/dev/null)'
