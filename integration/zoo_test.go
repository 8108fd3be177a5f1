package integration

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/internal/hiveql"
)

// zooFiles are the files of testdata/zoo with the tables of each server.
var zooFiles = map[hivetest.Kind][]string{
	hivetest.Hive401:  {"common", "hive", "hive4"},
	hivetest.Hive2310: {"common", "hive"},
	hivetest.Spark35:  {"common", "spark"},
}

// zoo makes a database with tables of every species that the server has, and gives its name.
func zoo(t *testing.T, srv *hivetest.Server) (*sql.DB, string) {
	t.Helper()
	db := ownDatabase(t, srv, "zoo")
	for _, file := range zooFiles[srv.Kind()] {
		text, err := os.ReadFile("testdata/zoo/" + file + ".sql")
		if err != nil {
			t.Fatal(err)
		}
		statements, err := hiveql.Split(strings.ReplaceAll(string(text), "${LOCATION}", "file:"+t.TempDir()))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range statements {
			exec(t, db, s.Text)
		}
	}
	for _, statement := range zooOfTypes(srv.Kind()) {
		exec(t, db, statement)
	}
	return db, databaseOf(t, db)
}

func databaseOf(t *testing.T, db *sql.DB) (name string) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), "select current_database()").Scan(&name); err != nil {
		t.Fatal(err)
	}
	return name
}

// zooOfTypes are the tables that are made of lists: every type nested three deep, and as many columns as users have.
func zooOfTypes(kind hivetest.Kind) []string {
	types := []string{
		"boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal(10,2)", "char(5)", "varchar(7)",
		"string", "binary", "date", "timestamp",
	}
	if kind == hivetest.Hive401 {
		types = append(types, "timestamp with local time zone")
	}
	var nested, keys, many []string
	for i, typ := range types {
		nested = append(nested, fmt.Sprintf("n%d array<map<string,struct<a:%s,b:array<%s>>>>", i, typ, typ))
		keys = append(keys, fmt.Sprintf("m%d map<%s,struct<`select`:map<int,array<%s>>>>", i, typ, typ))
	}
	for i := range 500 {
		many = append(many, fmt.Sprintf("column_%03d %s comment 'number %d'", i, types[i%len(types)], i))
	}
	return []string{
		"create table nested (" + strings.Join(nested, ", ") + ")",
		"create table nested_keys (" + strings.Join(keys, ", ") + ") stored as orc",
		"create table many_columns (" + strings.Join(many, ", ") + ") stored as orc",
	}
}

// TestZoo reflects tables of every species: by the metastore and by HiveServer2, which must tell the same, and as the
// golden file has it, which shows the statement that creates the table. That statement, and Hive's own SHOW CREATE TABLE,
// are executed in another database, where the same must be found again.
func TestZoo(t *testing.T) {
	onEach(t, func(t *testing.T, srv *hivetest.Server) {
		db, name := zoo(t, srv)
		found := map[string]map[string]string{}
		for source, inspector := range inspectors(t, srv, db) {
			found[source] = exhibits(t, srv, inspector, name)
		}
		server := found["hiveserver"]
		if metastore, ok := found["metastore"]; ok {
			compareExhibits(t, "the metastore", metastore, "HiveServer2", server)
		}
		checkGolden(t, filepath.Join("testdata", "zoo", string(srv.Kind())+".golden"), server)
	})
}
