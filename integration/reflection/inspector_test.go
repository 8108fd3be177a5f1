package reflection

import (
	"slices"
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/toolkit/dialecttest"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestInspectors: what is declared, made and told is the same, by either source.
func TestInspectors(t *testing.T) {
	for _, kind := range live.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			srv := live.Shared(t, kind)
			t.Parallel()
			t.Run("HiveServer", func(t *testing.T) {
				db, name := live.OwnDatabase(t, srv)
				from := hiveServer(t, live.Connect(t, live.Config(t, srv, func(c *hive.Config) { c.Database = name })))
				dialecttest.Inspect(t, dialecttest.Inspection{Inspector: from, Dialect: live.Dialect(t, srv), DB: db, Declare: declarations(kind)})
			})
			if srv.MetastoreAddr() == "" {
				return
			}
			t.Run("Metastore", func(t *testing.T) {
				db, name := live.OwnDatabase(t, srv)
				dialecttest.Inspect(t, dialecttest.Inspection{
					Inspector: openMetastore(t, srv.MetastoreAddr()), Dialect: live.Dialect(t, srv), DB: db, Schema: name, Declare: declarations(kind),
				})
			})
		})
	}
}

// declarations are tables with all that a server can keep of them.
func declarations(kind hivetest.Kind) func(*schema.MetaData) {
	return func(md *schema.MetaData) {
		typ := func(text string) schema.Type {
			t, err := schema.ParseType(text)
			if err != nil {
				return schema.Null // which no server has
			}
			return t
		}
		types := []schema.Item{dialect.StoredAs("ORC"), schema.Comment(`it's "quoted" \ here`)}
		for _, text := range []string{
			"boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal(38,18)", "string", "varchar(20)", "char(3)",
			"binary", "date", "timestamp", "array<map<string,struct<a:int,b:decimal(5,2)>>>", "struct<when:date,`select`:array<int>>",
		} {
			types = append(types, schema.Col("c"+string(rune('a'+len(types))), typ(text), schema.Comment("a "+text)))
		}
		if slices.Contains(live.Since3, kind) {
			types = append(types, schema.Col("zoned", schema.TimestampTZ))
		}
		if slices.Contains(live.Hives, kind) {
			types = append(types, schema.Col("either", typ("uniontype<int,string>")))
		}
		schema.NewTable(md, "inspected_types", types...)
		schema.NewTable(md, "inspected_parts", schema.Col("n", schema.Integer), schema.Col("day", schema.Date, schema.Comment("which")),
			schema.Col("select", schema.String), dialect.PartitionedBy("day", "select"), dialect.StoredAs("PARQUET"),
			dialect.TblProperties(map[string]string{"owner.team": "ops"}))
		schema.NewTable(md, "inspected_buckets", schema.Col("id", schema.BigInt), schema.Col("name", schema.String),
			dialect.ClusteredBy("id").SortedBy("name").Into(3), dialect.StoredAs("ORC"))
		if kind == hivetest.Spark35 {
			return
		}
		schema.NewTable(md, "inspected_parents", schema.Col("code", schema.VarChar(2)), dialect.StoredAs("TEXTFILE"),
			schema.PrimaryKey{Name: "inspected_pk", Columns: []string{"code"}, NotEnforced: true})
		schema.NewTable(md, "inspected_text", schema.Col("code", schema.VarChar(2)), dialect.StoredAs("TEXTFILE"),
			dialect.RowFormatDelimited{Fields: "\t", NullAs: "none"}, dialect.External(),
			schema.ForeignKey{Name: "inspected_fk", Columns: []string{"code"}, RefTable: "inspected_parents", RefColumns: []string{"code"}, NotEnforced: true})
		if slices.Contains(live.Since3, kind) {
			schema.NewTable(md, "inspected_rules", schema.Col("id", schema.BigInt, schema.NotNull),
				schema.Col("fare", schema.Integer, schema.ServerDefault(schema.SQL("7"))), dialect.StoredAs("ORC"), dialect.Transactional(),
				schema.Unique{Name: "inspected_uq", Columns: []string{"id", "fare"}, NotEnforced: true},
				schema.Check{Name: "inspected_ck", Condition: quoted(kind, "fare") + " >= 0"})
		}
	}
}

// quoted is a column in the condition of a CHECK as the server keeps it: Hive 3 leaves the backticks out.
func quoted(kind hivetest.Kind, column string) schema.SQL {
	if slices.Contains(live.Hive3, kind) {
		return schema.SQL(column)
	}
	return schema.SQL("`" + column + "`")
}
