package sqlite

import (
	"database/sql"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/dialecttest"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestDialect: another server's dialect passes the suite.
func TestDialect(t *testing.T) {
	db, err := sql.Open("sqlite", "file:suite?mode=memory&cache=shared")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // it is in memory
	db.SetMaxOpenConns(1)
	for _, table := range dialecttest.Tables("") {
		if err := load(db, table); err != nil {
			t.Fatal(err)
		}
	}
	dialecttest.Run(t, Dialect{}, dialecttest.Server{DB: db, Collation: "BINARY"})
}

// load makes a table and fills it.
func load(db *sql.DB, table dialecttest.Table) error {
	create, insert := `create table "`+table.Name+`" (`, `insert into "`+table.Name+`" values (`
	for i, c := range table.Columns() {
		name, err := Dialect{}.TypeName(c.Type)
		if err != nil {
			return err
		}
		if i > 0 {
			create, insert = create+", ", insert+", "
		}
		create, insert = create+`"`+c.Name+`" `+name, insert+"?"
	}
	if _, err := db.Exec(create + ")"); err != nil {
		return err
	}
	for _, row := range table.Rows {
		if _, err := db.Exec(insert+")", row...); err != nil {
			return err
		}
	}
	return nil
}

func TestBinds(t *testing.T) {
	users := expr.T(schema.NewTable(nil, "users", schema.Col("id", schema.BigInt), schema.Col("name", schema.String)))
	q := expr.Select(fn.Count().As("n")).
		Where(expr.Col[expr.String](users, "name").In("a", "it's"), expr.Col[expr.Int](users, "id").Gt(3)).Limit(5)
	st, err := compile.Compile(Dialect{}, q)
	if err != nil {
		t.Fatal(err)
	}
	text, args, err := st.Bind()
	if err != nil {
		t.Fatal(err)
	}
	want := `SELECT count(*) AS "n" FROM "users" WHERE "users"."name" IN (?1, ?2) AND "users"."id" > ?3 LIMIT ?4`
	if text != want || len(args) != 4 || args[1] != "it's" || args[3] != int64(5) {
		t.Errorf("\n got %s %v\nwant %s", text, args, want)
	}
}
