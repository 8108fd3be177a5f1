package describe

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/internal/golden"
	hivereflect "github.com/skep-go/skep/reflect"
	"github.com/skep-go/skep/toolkit/schema"
)

func typ(text string) schema.Type {
	t, err := schema.ParseType(text)
	if err != nil {
		return schema.Null
	}
	return t
}

var tables = map[string]Table{
	"flights": {Partitions: 1096, TableInfo: &schema.TableInfo{
		Relation: schema.Relation{Schema: "nyc", Name: "flights", Comment: "departures from New York City"},
		Columns: []*schema.Column{
			schema.Col("id", schema.BigInt, schema.NotNull),
			schema.Col("carrier", schema.VarChar(2), schema.Comment("two letters")),
			schema.Col("fare", schema.Numeric(9, 2), schema.ServerDefault(schema.SQL("0.00"))),
			schema.Col("tags", typ("map<string,string>")),
			schema.Col("stops", typ("array<struct<airport:string,landed:timestamp comment 'UTC, it\\'s said',`x y`:map<string,struct<lat:double,lon:double,altitude:decimal(9,2)>>>>"),
				schema.Comment("line\nbreak \u202e")),
			schema.Col("any", typ("uniontype<int,string,array<timestamp with local time zone>>")),
			schema.Col("origin", schema.String, schema.Comment("an airport")),
			schema.Col("day", schema.Date),
		},
		Constraints: []schema.Item{
			schema.PrimaryKey{Name: "pk_flights", Columns: []string{"id"}, NotEnforced: true, Rely: true},
			schema.ForeignKey{Columns: []string{"carrier"}, RefSchema: "nyc", RefTable: "airlines", RefColumns: []string{"carrier"}, NotEnforced: true},
			schema.ForeignKey{Columns: []string{"origin"}, RefSchema: "world", RefTable: "airports", RefColumns: []string{"faa"}},
			schema.Unique{Columns: []string{"carrier", "day"}},
			schema.Check{Name: "paid", Condition: schema.SQL("fare >= 0")},
		},
		Attrs: []schema.Attr{
			dialect.PartitionedBy("origin", "day"), dialect.ClusteredBy("id").SortedBy("-id").Into(32), dialect.StoredAs("ORC"),
			dialect.TblProperties(map[string]string{"orc.compress": "ZSTD", "owner.team": "ops\tand more"}),
			hivereflect.Detail{
				Owner: "ana", OwnerKind: "USER", Created: time.Date(2013, 1, 2, 3, 4, 5, 0, time.UTC), Transactional: true,
				PartitionColumns: []string{"origin", "day"}, Location: "hdfs://nn/warehouse/nyc.db/flights",
				SerDeProperties: map[string]string{"serialization.format": "1"},
				Properties:      map[string]string{"numRows": "336776", "numFiles": "12", "totalSize": "5242880", "rawDataSize": "-1"},
			},
		},
	}},
	"text": {Partitions: -1, TableInfo: &schema.TableInfo{
		Relation: schema.Relation{Schema: "default", Name: "odd \n name", Temporary: true},
		Columns:  []*schema.Column{schema.Col("x", schema.Integer)},
		Attrs: []schema.Attr{
			dialect.RowFormatDelimited{Fields: "\t"},
			dialect.StoredAs("TEXTFILE"),
			dialect.SkewedBy("x").On([]any{"1"}, []any{"2"}).StoredAsDirectories(),
			hivereflect.Detail{
				Owner: "ops", OwnerKind: "ROLE", External: true, InsertOnly: true, SerDe: "org.Lazy", Location: "file:/x",
				SerDeProperties: map[string]string{"field.delim": "\t", "serialization.format": "\t"},
				Properties:      map[string]string{"totalSize": "17"},
			},
		},
	}},
	"serde": {Partitions: -1, TableInfo: &schema.TableInfo{
		Relation: schema.Relation{Schema: "default", Name: "regex"},
		Columns:  []*schema.Column{schema.Col("line", schema.String)},
		Attrs: []schema.Attr{
			dialect.SerDe("org.Regex", nil), dialect.StoredAsClasses("In", "Out"),
			hivereflect.Detail{InputFormat: "In", OutputFormat: "Out", SerDe: "org.Regex", SerDeProperties: map[string]string{"input.regex": `(\d+)`}},
		},
	}},
	"view": {Partitions: -1, TableInfo: &schema.TableInfo{
		Relation:   schema.Relation{Schema: "nyc", Name: "late", Kind: schema.MaterializedView},
		Columns:    []*schema.Column{schema.Col("n", schema.BigInt)},
		Definition: "SELECT count(*)\nFROM flights",
	}},
}

func TestWrite(t *testing.T) {
	for name, table := range tables {
		t.Run(name, func(t *testing.T) {
			var got strings.Builder
			if err := Write(&got, table); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".txt")
			if golden.Update() {
				if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("%s (-update writes it)\n got:\n%s\nwant:\n%s", file, got.String(), want)
			}
		})
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1,023 B", 1024: "1.0 KiB", 5 << 20: "5.0 MiB", 1 << 50: "1.0 PiB", 1<<63 - 1: "8192.0 PiB"} {
		if got := size(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}
