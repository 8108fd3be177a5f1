module github.com/skep-go/skep

go 1.25.0

require (
	github.com/apache/thrift v0.22.0
	github.com/beltran/gohive v1.8.1
	go.uber.org/goleak v1.3.0
)

require github.com/stretchr/testify v1.12.1 // indirect
