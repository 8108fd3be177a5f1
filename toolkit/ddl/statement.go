package ddl

import "github.com/skep-go/skep/toolkit/expr"

// Statement is a statement whose values are part of its text: servers bind none in a definition. Common table
// expressions stand before the query that reads from them and not before the statement. A dialect makes statements of
// its own by structs that embed [Base].
type Statement interface {
	expr.Node
	definition()
}

// Base makes the struct that embeds it a [Statement] without parts. One that has a query, or expressions, tells of them
// in a Shape of its own, beside that of the Base.
type Base struct{}

func (Base) definition() {}

// Shape implements [expr.Node]. A statement with its values in the text has no key: it is compiled each time.
func (Base) Shape(s *expr.Shape) {
	s.Kind("ddl")
	s.SetOpaque()
}

// RawStmt is a statement as text. See [Raw].
type RawStmt struct {
	Base
	Text string
}

// Raw is a statement of the server as it is. It must not come from the program's users.
func Raw(sql string) RawStmt { return RawStmt{Text: sql} }

// ExplainStmt asks how a statement would be executed. See [Explain].
type ExplainStmt struct {
	Base
	Statement expr.Node
}

// Explain asks the server how it would execute a statement.
func Explain(statement expr.Node) ExplainStmt { return ExplainStmt{Statement: statement} }

// Reads is true: the statement is not executed. See [expr.Reads].
func (ExplainStmt) Reads() bool { return true }

// Shape implements [expr.Node].
func (e ExplainStmt) Shape(s *expr.Shape) {
	e.Base.Shape(s)
	s.Node(e.Statement)
}
