package main

import (
	"context"
	"fmt"
	"io"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Chapter 3: Working with Database Metadata.
var metaData = []section{
	{"tables as data", tablesAsData},
	{"emitting DDL", emittingDDL},
	{"reflecting tables", reflectingTables},
}

// A MetaData is a set of tables that know of each other.
var metadata = schema.NewMetaData()

// User is a table. Declare makes columns of a struct's fields: their kinds are types of Go, so that the compiler knows
// that Name has Like and ID has Add. The type of the database follows from the kind unless a tag says it.
//
// Behind the struct stands what is Hive's own: rows can be updated and deleted in a table that is Transactional, which
// has to be of ORC.
var User = expr.Declare(metadata, "user_account", struct {
	expr.Table
	ID       expr.Int    `col:",pk" type:"int"`
	Name     expr.String `type:"varchar(30)"`
	Fullname expr.String
}{}, dialect.StoredAs("ORC"), dialect.Transactional())

// Address references User. Constraints are declared as anywhere. Hive keeps keys for its optimizer and enforces none but
// NOT NULL and CHECK; the toolkit joins by them, and makes tables in their order.
var Address = expr.Declare(metadata, "address", struct {
	expr.Table
	ID           expr.Int    `col:",pk" type:"int"`
	UserID       expr.Int    `col:",notnull" type:"int" references:"user_account.id"`
	EmailAddress expr.String `col:",notnull"`
}{}, dialect.StoredAs("ORC"), dialect.Transactional())

// tablesAsData: what was declared can be asked. NewTable declares a table column by column, for programs that learn of it
// as they run; expr.T and expr.Bind make something to select from of it.
func tablesAsData(_ context.Context, _ *engine.Engine, out io.Writer) error {
	for _, t := range metadata.Tables() {
		for _, c := range t.Columns() {
			fmt.Fprintln(out, t.FullName(), c.Name, c.Type, c.PrimaryKey, c.NotNull)
		}
	}
	project := schema.NewTable(metadata, "project",
		schema.Col("id", schema.Integer, schema.PK),
		schema.Col("owner", schema.Integer, schema.References("user_account.id")),
		schema.Col("due", schema.Date),
		dialect.PartitionedBy("due"))
	fmt.Fprintln(out, project.PrimaryKey()[0].Name, project.ForeignKeys()[0].RefTable, project.Err())
	return nil
	// Output:
	// user_account id int true false
	// user_account name varchar(30) false false
	// user_account fullname string false false
	// address id int true false
	// address user_id int false true
	// address email_address string false true
	// id user_account <nil>
}

// emittingDDL: CreateAll makes the tables, parents first; DropAll drops them the other way round.
func emittingDDL(ctx context.Context, e *engine.Engine, _ io.Writer) error {
	return engine.CreateAll(ctx, e, metadata)
	// Output:
	// CREATE TABLE user_account (id INT, name VARCHAR(30), fullname STRING, PRIMARY KEY (id) DISABLE NOVALIDATE)
	// STORED AS ORC
	// TBLPROPERTIES ('transactional' = 'true')
	//
	// CREATE TABLE address (id INT, user_id INT NOT NULL, email_address STRING NOT NULL, PRIMARY KEY (id) DISABLE NOVALIDATE, FOREIGN KEY (user_id) REFERENCES user_account (id) DISABLE NOVALIDATE)
	// STORED AS ORC
	// TBLPROPERTIES ('transactional' = 'true')
	//
	// CREATE TABLE project (id INT, owner INT, PRIMARY KEY (id) DISABLE NOVALIDATE, FOREIGN KEY (owner) REFERENCES user_account (id) DISABLE NOVALIDATE)
	// PARTITIONED BY (due DATE)
}

// reflectingTables: tables that others have made need not be declared. An engine has an Inspector, which asks HiveServer2;
// package hivereflect has one that asks the metastore, many tables at a time. What is found knows its keys, so that the
// parents of a table are found with it; Diff tells how it differs from what the program declares: Hive enforces no keys,
// and Address does not say NotEnforced.
func reflectingTables(ctx context.Context, e *engine.Engine, out io.Writer) error {
	from, err := e.Inspector()
	if err != nil {
		return err
	}
	address, err := schema.ReflectTable(ctx, nil, from, "address")
	if err != nil {
		return err
	}
	for _, t := range address.MetaData().Tables() {
		fmt.Fprintln(out, t.Name, len(t.Columns()), t.PrimaryKey()[0].Name)
	}
	for _, d := range schema.Diff(Address.Source.Table(), address) {
		fmt.Fprintln(out, d)
	}
	return nil
	// Output:
	// address 3 id
	// user_account 3 id
	// primary key: (id) not enforced, want (id)
	// foreign key (user_id): to user_account (id) not enforced, want to user_account (id)
}
