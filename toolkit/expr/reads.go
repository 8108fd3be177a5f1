package expr

import "slices"

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
	var seen []Node // a common table expression may read from itself
	var look func(n Node) bool
	look = func(n Node) bool {
		switch n := n.(type) {
		case nil: // of a source that is none, which the compiler refuses
			return false
		case *SelectStmt:
			reads = reads && !n.Lock
		case *Column: // what it is of is read from, though nobody names it in From
			if n.Source == nil {
				return false
			}
			switch of := n.Source.Node.(type) {
			case *CommonTable, *Derived:
				Walk(of, look)
			}
		case *CommonTable, *Derived:
			if slices.Contains(seen, n) {
				return false
			}
			seen = append(seen, n)
			if t, ok := n.(*CommonTable); ok {
				text, isText := t.Query.(*TextStmt)
				reads = reads && (!isText || text.Reads())
			}
		}
		return reads
	}
	Walk(query, look)
	return reads
}
