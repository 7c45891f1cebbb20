module vetted

go 1.26.0
