package main

import (
	"context"
	"fmt"
	"io"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

var tableRecipes = []recipe{
	{"define tables", defineTables},
	{"drop tables", dropTables},
}

// visits declares tables with all that Hive wants to know of them. Declare makes columns of a struct's fields, with
// types that Go checks; NewTable takes them one by one, for tables that are not known before the program runs.
func visits() (*schema.MetaData, *schema.Table) {
	md := schema.NewMetaData()
	expr.Declare(md, "pages", struct {
		expr.Table
		ID   expr.Int `col:",pk"`
		Path expr.String
		Tags expr.Array[expr.String] `type:"array<string>"`
	}{}, dialect.StoredAs("PARQUET"))
	table := schema.NewTable(md, "visits",
		schema.Col("page_id", schema.BigInt, schema.References("pages.id")),
		schema.Col("visitor", schema.VarChar(40), schema.NotNull, schema.Comment("a cookie")),
		schema.Col("seconds", schema.Numeric(9, 3), schema.ServerDefault(0)),
		schema.Col("day", schema.Date),
		dialect.PartitionedBy("day"),
		dialect.ClusteredBy("visitor").Into(4),
		dialect.StoredAs("ORC"),
		schema.Comment("one row for each visit"))
	return md, table
}

// defineTables makes tables, parents first. A declaration that makes no sense is an error here, and not before.
func defineTables(ctx context.Context, e *engine.Engine, out io.Writer) error {
	md, table := visits()
	if err := engine.CreateAll(ctx, e, md, ddl.Conditional); err != nil {
		return err
	}
	sql, err := e.SQL(ctx, ddl.CreateTable(table))
	if err != nil {
		return err
	}
	fmt.Fprintln(out, sql)
	return show(ctx, e, out, dialect.ShowColumns(table))
	// Output:
	// CREATE TABLE visits (page_id BIGINT, visitor VARCHAR(40) NOT NULL COMMENT 'a cookie', seconds DECIMAL(9,3) DEFAULT CAST(0 AS DECIMAL(9,3)), FOREIGN KEY (page_id) REFERENCES pages (id) DISABLE NOVALIDATE) COMMENT 'one row for each visit' PARTITIONED BY (day DATE) CLUSTERED BY (visitor) INTO 4 BUCKETS STORED AS ORC
	// field
	// -------
	// page_id
	// visitor
	// seconds
	// day
}

// dropTables drops tables, children first: all of a MetaData, or one.
func dropTables(ctx context.Context, e *engine.Engine, out io.Writer) error {
	md, table := visits()
	if _, err := e.Exec(ctx, ddl.DropTable(table).IfExists()); err != nil {
		return err
	}
	if err := engine.DropAll(ctx, e, md, ddl.Conditional); err != nil {
		return err
	}
	return show(ctx, e, out, dialect.ShowTables())
	// Output:
	// tab_name
	// -----------
	// accounts
	// departments
	// employees
}
