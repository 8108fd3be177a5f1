package schema

import (
	"fmt"
	"strings"
)

// Parent finds the table that the key references, as its [MetaData] has it now. The error is a [*ReferenceError].
func (k *ForeignKey) Parent() (*Table, error) {
	if k.table == nil {
		return nil, k.fail("the key is of no table")
	}
	parent, ok := k.table.md.Table(k.RefSchema, k.RefTable)
	if !ok {
		return nil, k.fail("there is no such table")
	}
	return parent, nil
}

// Target finds the parent and those of its columns that the key references. The error is a [*ReferenceError].
func (k *ForeignKey) Target() (*Table, []*Column, error) {
	parent, err := k.Parent()
	if err != nil {
		return nil, nil, err
	}
	if len(k.RefColumns) == 0 {
		columns := parent.PrimaryKey()
		if len(columns) != len(k.Columns) {
			return nil, nil, k.fail("%d columns reference the %d of its primary key", len(k.Columns), len(columns))
		}
		return parent, columns, nil
	}
	columns := make([]*Column, len(k.RefColumns))
	for i, key := range k.RefColumns {
		c, ok := parent.Column(key)
		if !ok {
			return nil, nil, k.fail("the table has no column %s", key)
		}
		columns[i] = c
	}
	return parent, columns, nil
}

func (k *ForeignKey) fail(format string, args ...any) error {
	e := &ReferenceError{Columns: k.Columns, Parent: fullName(k.RefSchema, k.RefTable), Reason: fmt.Sprintf(format, args...)}
	if k.table != nil {
		e.Table = k.table.FullName()
	}
	return e
}

// ReferenceError tells that a foreign key references what is not there.
type ReferenceError struct {
	Table   string   // that has the key
	Columns []string // of the key
	Parent  string   // the table that is referenced
	Reason  string
}

func (e *ReferenceError) Error() string {
	return fmt.Sprintf("schema: table %s: foreign key (%s) to %s: %s", e.Table, strings.Join(e.Columns, ", "), e.Parent, e.Reason)
}

// CycleError tells that tables are parents of each other, so that none can be the first. A foreign key with UseAlter
// breaks the cycle.
type CycleError struct {
	Tables []string // each references the next one, and the last one the first
}

func (e *CycleError) Error() string {
	return "schema: foreign keys in a cycle: " + strings.Join(append(e.Tables[:len(e.Tables):len(e.Tables)], e.Tables[0]), " -> ")
}
