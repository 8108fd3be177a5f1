package reflection

import (
	"database/sql"
	"fmt"
	"maps"
	"os"
	"os/user"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/golden"
	"github.com/skep-go/skep/internal/hiveql"
	hivereflect "github.com/skep-go/skep/reflect"
	"github.com/skep-go/skep/toolkit/compile"
	define "github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/schema"
)

// zooFiles are the files of testdata/zoo with the tables of each server.
var zooFiles = map[hivetest.Kind][]string{
	hivetest.Hive401:  {"common", "hive", "hive4"},
	hivetest.Hive313:  {"common", "hive"},
	hivetest.Hive2310: {"common", "hive"},
	hivetest.Spark35:  {"common", "spark"},
}

// zoo makes a database with tables of every species that the server has, and gives its name.
func zoo(t *testing.T, srv *hivetest.Server) (*sql.DB, string) {
	t.Helper()
	db, name := live.OwnDatabase(t, srv)
	fill := strings.NewReplacer("${LOCATION}", "file:"+t.TempDir(), "${DATABASE}", name)
	for _, file := range zooFiles[srv.Kind()] {
		text, err := os.ReadFile("testdata/zoo/" + file + ".sql")
		if err != nil {
			t.Fatal(err)
		}
		statements, err := hiveql.Split(fill.Replace(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range statements {
			live.Exec(t, db, s.Text)
		}
	}
	for _, statement := range zooOfTypes(srv.Kind()) {
		live.Exec(t, db, statement)
	}
	return db, name
}

// zooOfTypes are the tables that are made of lists: every type nested three deep, and as many columns as users have.
func zooOfTypes(kind hivetest.Kind) []string {
	types := []string{
		"boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal(10,2)", "char(5)", "varchar(7)",
		"string", "binary", "date", "timestamp",
	}
	if slices.Contains(live.Since3, kind) {
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
// golden file has it. That has the statement which creates the table; it is executed in another database, and so is
// Hive's own SHOW CREATE TABLE, and the same must be found there again.
func TestZoo(t *testing.T) {
	file := golden.New(t, "testdata/zoo.golden")
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		db, name := zoo(t, srv)
		asServer := exhibit(t, srv, hiveServer(t, live.Connect(t, live.Config(t, srv))), name)
		for _, e := range asServer {
			file.Add(e.name, live.GoldenTargets[srv.Kind()], e.known+e.ddl, nil)
		}
		if srv.MetastoreAddr() != "" {
			asMetastore := exhibit(t, srv, openMetastore(t, srv.MetastoreAddr()), name)
			t.Run("sources agree", func(t *testing.T) {
				switch srv.Kind() {
				case hivetest.Spark35: // which keeps many properties to itself
					sameExhibits(t, "HiveServer2", statements(asServer), "the metastore", statements(asMetastore))
				case hivetest.Hive313: // whose HiveServer2 does not tell what can be relied on
					sameExhibits(t, "HiveServer2", asServer, "the metastore", notReliedOn(asMetastore))
				default:
					sameExhibits(t, "HiveServer2", asServer, "the metastore", asMetastore)
				}
			})
		}
		t.Run("created again", func(t *testing.T) {
			again(t, srv, asServer, nil, func(e exhibited) (string, error) { return e.ddl, nil })
		})
		t.Run("SHOW CREATE TABLE", func(t *testing.T) {
			again(t, srv, asServer, untrue[srv.Kind()], func(e exhibited) (string, error) { return showCreate(t, srv, db, name, e) })
		})
	})
}

// exhibited is a table as it was found.
type exhibited struct {
	name  string
	kind  schema.RelationKind
	known string // what is told and no part of a CREATE TABLE
	ddl   string // of a table; of a view its query
}

func (e exhibited) String() string { return e.name + "\n" + e.known + e.ddl }

// exhibit finds everything in a database.
func exhibit(t *testing.T, srv *hivetest.Server, from schema.Inspector, database string) []exhibited {
	t.Helper()
	relations, err := from.Relations(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := schema.NewMetaData().Reflect(t.Context(), from, schema.In(database), schema.Views, schema.NoParents)
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) != len(relations) {
		t.Fatalf("%d tables are described, and %d are there", len(tables), len(relations))
	}
	var all []exhibited
	for i, table := range tables {
		e := exhibited{name: table.Name, kind: relations[i].Kind, known: known(t, srv.Kind(), relations[i], table, database)}
		if e.kind == schema.BaseTable {
			st, err := compile.Compile(live.Dialect(t, srv), define.CreateTable(table))
			if err != nil {
				t.Errorf("%s: %v", table.Name, err)
				continue
			}
			e.ddl = anonymous(live.Must(st.SQL())(t), database)
		} else {
			e.ddl = anonymous(live.Must(schema.DescribeTable(t.Context(), from, database, e.name))(t).Definition, database)
		}
		all = append(all, e)
	}
	return all
}

// known are the facts about a relation that a CREATE TABLE does not tell.
func known(t *testing.T, kind hivetest.Kind, r schema.Relation, table *schema.Table, database string) string {
	t.Helper()
	var b strings.Builder
	fact := func(format string, args ...any) { fmt.Fprintf(&b, "-- "+format+"\n", args...) }
	detail, ok := hivereflect.DetailOf(table)
	if !ok {
		t.Fatalf("%s has no detail", table.Name)
	}
	owner := detail.Owner
	if me, err := user.Current(); err == nil && owner == me.Username {
		owner = "who runs the server"
	}
	fact("%s of %s%s", r.Kind, owner, when(r.Temporary, ", temporary"))
	if detail.OwnerKind != "USER" && detail.OwnerKind != "" { // Hive 2 does not tell it in SQL
		t.Errorf("%s is owned by a %s", table.Name, detail.OwnerKind)
	}
	fact("external %t, transactional %t, inserts only %t, by %v", detail.External, detail.Transactional, detail.InsertOnly, detail.PartitionColumns)
	fact("at %s", detail.Location)
	fact("%s, %s, %s %v", detail.InputFormat, detail.OutputFormat, detail.SerDe, detail.SerDeProperties)
	properties := maps.Clone(detail.Properties)
	maps.DeleteFunc(properties, func(key, _ string) bool { return slices.Contains(volatile, key) })
	fact("%v", properties)
	if detail.Created.IsZero() {
		t.Errorf("%s was created at no time", table.Name)
	}
	if r.Comment != table.Comment && kind != hivetest.Spark35 { // which tells no comments of many
		t.Errorf("%s: comment %q in the list, %q in the description", table.Name, r.Comment, table.Comment)
	}
	if r.Kind != schema.BaseTable {
		for _, c := range table.Columns() {
			fact("%s %v %q", c.Name, c.Type, c.Comment)
		}
		fact("%q", table.Comment)
	}
	return anonymous(b.String(), database)
}

// volatile are properties that differ from one run to the next, and those that DESCRIBE alone sums up of partitions.
var volatile = []string{
	"transient_lastDdlTime", "last_modified_time", "last_modified_by",
	"COLUMN_STATS_ACCURATE", "numFiles", "numFilesErasureCoded", "numPartitions", "numRows", "rawDataSize", "totalSize",
}

func when(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}

// zooName stands for the name of the database in what is compared.
const zooName = "zoo_of_the_test"

// anonymous takes out of a text what differs from one run to the next.
func anonymous(text, database string) string {
	return temporaryFolder.ReplaceAllString(strings.ReplaceAll(text, database, zooName), "file:/tmp")
}

var ownFolder = regexp.MustCompile(`(?m)^LOCATION\s+'.*'\n`)

var temporaryFolder = regexp.MustCompile(`file:/[^\s'"]*/(\d+|zoo_of_the_test\.db)`)

// statements are tables without what is no part of a statement.
func statements(all []exhibited) []exhibited {
	all = slices.Clone(all)
	for i := range all {
		all[i].known = ""
	}
	return all
}

// notReliedOn are tables with constraints of which it is not known whether they can be relied on.
func notReliedOn(all []exhibited) []exhibited {
	all = slices.Clone(all)
	for i := range all {
		all[i].ddl = strings.ReplaceAll(all[i].ddl, " RELY", "")
	}
	return all
}

// sameExhibits compares what two sources tell.
func sameExhibits(t *testing.T, oneName string, one []exhibited, otherName string, other []exhibited) {
	t.Helper()
	if len(one) != len(other) {
		t.Fatalf("%s has %d tables, %s has %d", oneName, len(one), otherName, len(other))
	}
	for i := range one {
		if one[i] != other[i] {
			t.Errorf("%s:\n%v\n%s:\n%v", oneName, one[i], otherName, other[i])
		}
	}
}

// untrue are the tables of which SHOW CREATE TABLE does not tell the truth, and why.
var untrue = map[hivetest.Kind]map[string]string{
	hivetest.Hive401: {
		"as_json":     "columns have a comment that nobody gave them",
		"parents":     "constraints that are disabled are left out",
		"children":    "constraints that are disabled are left out",
		"constrained": "a DEFAULT is added by an ALTER TABLE that does not parse",
	},
	hivetest.Hive313: {
		"parents":      "constraints are left out",
		"children":     "constraints are left out",
		"nested":       "the session's zone stands behind types of instants, which does not parse",
		"nested_keys":  "likewise",
		"many_columns": "likewise",
	},
	hivetest.Hive2310: {
		"parents":     "constraints are left out",
		"children":    "constraints are left out",
		"nested_keys": "names within types are not quoted",
	},
	hivetest.Spark35: {
		"comments":   "backslashes are not escaped",
		"properties": "backslashes are not escaped",
		"textual":    "backslashes are not escaped",
	},
}

// again creates the tables anew in a database of their own, and expects to find the same, but for the exceptions.
func again(t *testing.T, srv *hivetest.Server, want []exhibited, except map[string]string, statement func(exhibited) (string, error)) {
	t.Helper()
	db, name := live.OwnDatabase(t, srv)
	fill := strings.NewReplacer(zooName, name, "file:/tmp", "file:"+t.TempDir())
	differ := map[string]error{}
	for _, e := range parentsFirst(want) {
		if e.kind != schema.BaseTable {
			continue
		}
		text, err := statement(e)
		if err == nil {
			_, err = db.ExecContext(t.Context(), fill.Replace(text))
		}
		if err != nil {
			differ[e.name] = err
		}
	}
	for _, e := range exhibit(t, srv, hiveServer(t, live.Connect(t, live.Config(t, srv))), name) {
		i := slices.IndexFunc(want, func(w exhibited) bool { return w.name == e.name })
		if want[i] != e {
			differ[e.name] = fmt.Errorf("got:\n%v\nwant:\n%v", e, want[i])
		}
	}
	for table, err := range differ {
		if except[table] == "" {
			t.Errorf("%s: %v", table, err)
		}
	}
	for table, why := range except {
		if differ[table] == nil {
			t.Errorf("%s is the same, in spite of: %s", table, why)
		}
	}
}

// parentsFirst has the table that a foreign key names before the one that has the key.
func parentsFirst(all []exhibited) []exhibited {
	return slices.SortedStableFunc(slices.Values(all), func(a, b exhibited) int {
		return strings.Count(a.ddl, "FOREIGN KEY") - strings.Count(b.ddl, "FOREIGN KEY")
	})
}

// showCreate is the server's own statement.
func showCreate(t *testing.T, srv *hivetest.Server, db *sql.DB, database string, e exhibited) (string, error) {
	t.Helper()
	statement := "show create table `" + e.name + "`"
	if srv.Kind() == hivetest.Spark35 && !strings.Contains(e.ddl, " USING ") {
		statement += " as serde"
	}
	lines, err := live.Tabbed(t, db, statement)
	if e.name != "outside" { // a managed table's folder is that of its database
		lines = ownFolder.ReplaceAllString(lines, "")
	}
	return anonymous(lines, database), err
}
