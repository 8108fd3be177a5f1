// Package ddl has the statements that make and change tables, views, schemas and what belongs to them. Like the trees
// of package expr they are data: building them never fails, and package compile writes them for a dialect.
//
//	create := ddl.CreateTable(flights).IfNotExists()
//	st, err := compile.Compile(compile.ANSI{}, create)
//
// A table is a [schema.Table]. One that nobody declared is schema.NewTable(nil, "t", schema.In("db")).
package ddl
