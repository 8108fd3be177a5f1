// Package compile makes SQL of the trees of package expr, for any [Dialect].
//
//	st, err := compile.Compile(compile.ANSI{}, q)
//	sql, err := st.SQL()
//
// A [Statement] is the text with a place for each value, so it can be had with literals ([Statement.SQL]), with
// placeholders ([Statement.Bind]) and without any values ([Statement.Template]). A [Cache] compiles trees that differ in
// their values only once.
//
// A [Dialect] is small. What it does otherwise than the standard it says by optional interfaces, which are found by type
// assertion: [NodeCompiler] has the first word on every node, [Speller] on operators, [SourceCompiler] and
// [JoinCompiler] on what stands in FROM, and [Binder] is for servers that take values beside the text. [ANSI] is the
// dialect of the standard.
//
// Errors are *[Error], with the place in the tree. Those about what a dialect does not have wrap [ErrUnsupported], and
// say what to write instead. All errors of a statement are reported together.
package compile
