// Package schema describes tables: their columns and types, constraints and indexes. It is data only; other packages
// compile it, fill it from a server, or map structs to it.
//
//	md := schema.NewMetaData()
//	airlines := schema.NewTable(md, "airlines",
//		schema.Col("carrier", schema.VarChar(2), schema.PK),
//		schema.Col("name", schema.String, schema.NotNull, schema.Comment("as it is painted on the aircraft")),
//	)
//	flights := schema.NewTable(md, "flights",
//		schema.Col("carrier", schema.VarChar(2), schema.References("airlines.carrier")),
//		schema.Col("day", schema.Date),
//		schema.Col("fare", schema.Numeric(9, 2)),
//	)
//	if err := md.Err(); err != nil {
//		log.Fatal(err)
//	}
//
// A declaration never fails at once, so that it can stand in a variable of a package. What is wrong with it is kept:
// [Table.Err] and [MetaData.Err] tell, and whatever compiles the table reports it.
//
// Tables are not changed once they are declared, so that goroutines can share them.
//
// Names of schemas, tables and columns that differ in case only are the same name. They keep the case in which they were
// declared.
package schema
