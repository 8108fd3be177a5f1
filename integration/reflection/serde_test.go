package reflection

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestColumnsOfSerDe: columns that a SerDe makes are those of which DESCRIBE tells, and not those of the day when the table
// was made; with the comments that somebody gave.
func TestColumnsOfSerDe(t *testing.T) {
	const first, second = `{"type":"record","name":"r","fields":[{"name":"a","type":["null","int"]}]}`,
		`{"type":"record","name":"r","fields":[{"name":"a","type":["null","long"]},{"name":"z","type":["null","string"],"doc":"new"}]}`
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		i := newInspected(t, srv)
		want := map[string]string{"csv": "a string mine, b string , p string "}
		i.run("create table csv (a int comment 'mine', b date) partitioned by (p string) row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde'")
		switch {
		case live.On(live.Hive4, srv):
			want["csv"] = "a int mine, b date , p string " // whose SerDe reads what is declared
		case live.On(live.Spark, srv):
			want["csv"] = "a string , b string , p string "
		}
		if !live.On(live.Hive2, srv) { // has no Avro beside the Hadoop of the tests
			file := filepath.Join(t.TempDir(), "s.avsc")
			write := func(text string) {
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			write(first)
			i.run("create table by_url stored as avro tblproperties ('avro.schema.url'='file:"+file+"')",
				"create table by_literal partitioned by (p string) stored as avro tblproperties ('avro.schema.literal'='"+first+"')",
				"alter table by_literal set tblproperties ('avro.schema.literal'='"+second+"')")
			write(second)
			want["by_url"], want["by_literal"] = "a bigint , z string new", "a bigint , z string new, p string "
		}
		told := func(from schema.Inspector, table string) (columns string, kept bool) {
			info := i.describe(from, table)
			var list []string
			for _, c := range info.Columns {
				list = append(list, fmt.Sprintf("%s %s %s", c.Name, c.Type, c.Comment))
			}
			detail, _ := detailOf(info)
			return strings.Join(list, ", "), detail.KeptColumns
		}
		ofServer, ofMetastore := hiveServer(t, i.Session), openMetastore(t, srv.MetastoreAddr())
		for table, want := range want {
			if got, kept := told(ofServer, table); got != want || kept {
				t.Errorf("HiveServer2, %s: got %s, kept %t, want %s", table, got, kept, want)
			}
			got, kept := told(ofMetastore, table)
			if live.On(live.Hive3, srv) { // which does not ask
				if !kept || got == want {
					t.Errorf("the metastore, %s: got %s, kept %t, want what it has kept", table, got, kept)
				}
				continue
			}
			if live.On(live.Spark, srv) {
				want = strings.Replace(want, "a string ,", "a string mine,", 1) // which has the comment
			}
			if got != want || kept {
				t.Errorf("the metastore, %s: got %s, kept %t, want %s", table, got, kept, want)
			}
		}
	})
}

// TestSerDeIsMissing: a table whose SerDe the server does not have costs none of the others.
func TestSerDeIsMissing(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		i := newInspected(t, srv)
		i.run("create table a (x int)", "create table z (x int)")
		broken := textTable(i.db, "broken", &hms.FieldSchema{Name: "x", Type: "int"})
		broken.Sd.SerdeInfo.SerializationLib = "no.such.SerDe"
		if err := generatedClient(t, srv.MetastoreAddr()).CreateTable(t.Context(), broken); err != nil {
			t.Fatal(err)
		}
		from := hiveServer(t, i.Session)
		for name, from := range map[string]schema.Inspector{"alone": from, "cached": schema.Cached(from)} {
			tables, err := schema.NewMetaData().Reflect(t.Context(), from, schema.In(i.db))
			var names []string
			for _, table := range tables {
				names = append(names, table.Name)
			}
			var failed *schema.ReflectError
			if !slices.Equal(names, []string{"a", "z"}) || !errors.As(err, &failed) || failed.Table != i.db+".broken" {
				t.Errorf("%s: got %q, %v", name, names, err)
			}
		}
		if info := i.describe(openMetastore(t, srv.MetastoreAddr()), "broken"); len(info.Columns) != 1 {
			t.Errorf("the metastore: got %+v", info)
		} else if detail, _ := detailOf(info); !detail.KeptColumns {
			t.Error("the metastore: its columns are not told to be those that it has kept")
		}
		if live.On(live.Hives, srv) { // which are asked whether the last one is temporary
			i.run("drop table z", "set hive.exec.reducers.max=7")
			if list, err := from.Relations(t.Context(), i.db); len(list) != 2 || err != nil {
				t.Errorf("a session that was changed: got %v, %v", list, err)
			}
		}
	})
}

// TestSparkCutsStructs: of a struct with many fields all are told, wherever it is.
func TestSparkCutsStructs(t *testing.T) {
	i := newInspected(t, live.Shared(t, hivetest.Spark35))
	var fields []string
	for n := range 60 {
		fields = append(fields, fmt.Sprintf("f%d:int", n))
	}
	wide := "struct<" + strings.Join(fields, ",") + ">"
	want := []string{wide, "array<map<string," + wide + ">>", "int"}
	i.run("create table wide (a "+want[0]+", `b c` "+want[1]+", d int)", "create view wide_view as select * from wide")
	from := hiveServer(t, i.Session)
	for _, name := range []string{"wide", "wide_view"} {
		for n, c := range i.describe(from, name).Columns {
			if c.Type.String() != want[n] {
				t.Errorf("%s: got %s, want %s", name, c.Type, want[n])
			}
		}
	}
}

// TestSparkNamesakes: a temporary view that has the name of a table makes no view of it.
func TestSparkNamesakes(t *testing.T) {
	i := newInspected(t, live.Shared(t, hivetest.Spark35))
	i.run("create table namesake (a int)", "create temporary view namesake as select 1 as x")
	from := hiveServer(t, i.Session)
	want := []schema.Relation{{Schema: i.db, Name: "namesake"}}
	if got, err := from.Relations(t.Context(), i.db); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	want = append(want, schema.Relation{Name: "namesake", Kind: schema.View, Temporary: true})
	got, err := from.Relations(t.Context(), "")
	slices.SortFunc(got, func(a, b schema.Relation) int { return int(a.Kind) - int(b.Kind) })
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("with those of the session: got %+v, %v, want %+v", got, err, want)
	}
	i.run("drop view namesake")
}
