package ddl

import (
	"slices"

	"github.com/skep-go/skep/toolkit/schema"
)

// Option changes what [CreateAll] and [DropAll] make.
type Option uint8

const (
	// Conditional leaves alone what is there already, or is not there any more: IF NOT EXISTS, IF EXISTS. Constraints
	// are added without it, as no server can be asked to do that.
	Conditional Option = iota + 1
	// SeparateComments makes statements of their own of the comments, for servers that take them only so.
	SeparateComments
)

// CreateAll are the statements that make the tables of md, parents before those that reference them: each table with its
// indexes, in the end the foreign keys with UseAlter. Tables that are parents of each other without UseAlter are a
// [*schema.CycleError].
func CreateAll(md *schema.MetaData, options ...Option) ([]Statement, error) {
	tables, err := md.Sorted()
	if err != nil {
		return nil, err
	}
	var list, later []Statement
	conditional, separate := slices.Contains(options, Conditional), slices.Contains(options, SeparateComments)
	for _, t := range tables {
		create := CreateTable(t)
		create.Conditional, create.Silent = conditional, separate
		list = append(list, create)
		for _, x := range t.Indexes() {
			list = append(list, CreateIndexStmt{Index: x, Conditional: conditional})
		}
		if separate {
			list = append(list, comments(t)...)
		}
		for _, k := range late(t) {
			later = append(later, AddConstraint(k))
		}
	}
	return append(list, later...), nil
}

// DropAll are the statements that drop the tables of md, those that reference others before their parents.
func DropAll(md *schema.MetaData, options ...Option) ([]Statement, error) {
	tables, err := md.Sorted()
	if err != nil {
		return nil, err
	}
	conditional := slices.Contains(options, Conditional)
	var list []Statement
	for _, t := range tables {
		for _, k := range late(t) {
			list = append(list, DropConstraintStmt{Constraint: k, Conditional: conditional})
		}
	}
	for _, t := range slices.Backward(tables) {
		list = append(list, DropTableStmt{Table: t, Conditional: conditional})
	}
	return list, nil
}

// late are the foreign keys that CREATE TABLE leaves out.
func late(t *schema.Table) []*schema.ForeignKey {
	return slices.DeleteFunc(t.ForeignKeys(), func(k *schema.ForeignKey) bool { return !k.UseAlter })
}

func comments(t *schema.Table) []Statement {
	var list []Statement
	if t.Comment != "" {
		list = append(list, SetTableComment(t))
	}
	for _, c := range t.Columns() {
		if c.Comment != "" {
			list = append(list, SetColumnComment(c))
		}
	}
	return list
}
