// Package lint holds the rules of the house that neither the compiler nor staticcheck knows, as tests: which package
// may import which, what a public signature may name, under which licenses the dependencies come, how long a file may
// be, and that the documents speak of what exists. There is no code here, for each rule needs nothing but its test.
package lint
