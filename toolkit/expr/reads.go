package expr

import (
	"slices"

	"github.com/skep-go/skep/toolkit/schema"
)

// Reads reports whether a statement only reads, so that it does not matter on which of several servers it is executed.
// Statements tell that by a method Reads() bool, also those that a dialect brings. One that does not tell may write.
func Reads(n Node) bool {
	r, ok := n.(interface{ Reads() bool })
	return ok && r.Reads()
}

// Reads is true unless rows are locked, or a common table expression is a text that may write.
func (q SelectStmt) Reads() bool { return onlyReads(&q) }

// Reads is true unless rows are locked, or a common table expression is a text that may write.
func (c Compound) Reads() bool { return onlyReads(&c) }

// ReadOnly says of a text that it only reads, which nobody can see in it. See [Reads].
func (t TextStmt) ReadOnly() TextStmt { t.readOnly = true; return t }

// Reads is what ReadOnly has said.
func (t TextStmt) Reads() bool { return t.readOnly }

// onlyReads looks for what writes within a query.
func onlyReads(query Node) bool {
	reads := true
	walkSources(query, func(n Node) bool {
		switch n := n.(type) {
		case *SelectStmt:
			reads = reads && !n.Lock
		case *CommonTable:
			text, isText := n.Query.(*TextStmt)
			reads = reads && (!isText || text.Reads())
		}
		return reads
	})
	return reads
}

// Tables are the tables of the schema that a statement reads from or changes, each once. A node that has no tables below
// it tells them by a method Tables() []*schema.Table. What is named in a text, or by [Name], is not among them.
func Tables(n Node) []*schema.Table {
	var tables []*schema.Table
	add := func(t *schema.Table) {
		if t != nil && !slices.Contains(tables, t) {
			tables = append(tables, t)
		}
	}
	walkSources(n, func(n Node) bool {
		switch n := n.(type) {
		case *TableRef:
			add(n.Table)
		case interface{ Tables() []*schema.Table }:
			for _, t := range n.Tables() {
				add(t)
			}
		}
		return true
	})
	return tables
}

// walkSources is [Walk] that also goes over what columns are of, and over each common table expression and each query in
// FROM once.
func walkSources(n Node, f func(Node) bool) {
	var seen []Node // a common table expression may read from itself
	var look func(n Node) bool
	look = func(n Node) bool {
		switch n := n.(type) {
		case nil: // of a source that is none, which the compiler refuses
			return false
		case *Column: // what it is of is read from, though nobody names it in From
			if n.Source != nil {
				Walk(n.Source.source().Node, look)
			}
			return false
		case *CommonTable, *Derived:
			if slices.Contains(seen, n) {
				return false
			}
			seen = append(seen, n)
		}
		return f(n)
	}
	Walk(n, look)
}
