package hivereflect

import (
	"errors"
	"reflect"
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/schema"
)

// orders is a table of ORC as Hive 4 has it: external, for it was made without a word about that.
func orders(t *testing.T, change func(*found)) *found {
	t.Helper()
	f := &found{
		Relation:  schema.Relation{Schema: "shop", Name: "orders"},
		tableType: "EXTERNAL_TABLE",
		columns:   []field{{"id", "bigint", "its number"}, {"item", "struct<name:string,price:decimal(9,2)>", ""}},
		homes:     []string{"hdfs://nn:8020/external/shop.db", "hdfs://nn:8020/managed/shop.db"},
		detail: Detail{
			Location:        "hdfs://nn:8020/external/shop.db/orders",
			SerDeProperties: map[string]string{"serialization.format": "1"},
			Properties: map[string]string{
				"EXTERNAL": "TRUE", "TRANSLATED_TO_EXTERNAL": "TRUE", "external.table.purge": "TRUE",
				"transient_lastDdlTime": "1700000000", "bucketing_version": "2", "numRows": "7", "COLUMN_STATS_ACCURATE": "{}",
			},
		},
	}
	f.storedAs(t, "ORC")
	change(f)
	return f
}

func (f *found) storedAs(t *testing.T, name string) {
	t.Helper()
	for _, as := range formats {
		if as.name == name {
			f.detail.InputFormat, f.detail.OutputFormat, f.detail.SerDe = as.input, as.output, as.serde
			return
		}
	}
	t.Fatalf("no format is named %s", name)
}

func (f *found) set(properties ...string) {
	for i := 0; i < len(properties); i += 2 {
		f.detail.Properties[properties[i]] = properties[i+1]
	}
}

// TestInfoAsDDL reads tables and writes how they are created.
func TestInfoAsDDL(t *testing.T) {
	const head = "CREATE TABLE shop.orders (id BIGINT COMMENT 'its number', item STRUCT<name:STRING,price:DECIMAL(9,2)>)"
	tests := []struct {
		name    string
		dialect dialect.Version
		change  func(*found)
		want    string
	}{
		{"plain", dialect.Hive40, func(*found) {}, head + " STORED AS ORC"},
		{"comment", dialect.Hive40, func(f *found) {
			f.set("comment", `it's a "\"`)
		}, head + ` COMMENT 'it\'s a "\\"' STORED AS ORC`},
		{"external", dialect.Hive40, func(f *found) {
			delete(f.detail.Properties, "TRANSLATED_TO_EXTERNAL")
			f.detail.Location = "s3a://lake/orders"
		}, "CREATE EXTERNAL" + head[6:] + " STORED AS ORC LOCATION 's3a://lake/orders' TBLPROPERTIES ('external.table.purge' = 'TRUE')"},
		{"of the owner's", dialect.Hive40, func(f *found) {
			f.set("orc.compress", "ZLIB", "b", "2", "spark.sql.create.version", "3.5.3")
		}, head + " STORED AS ORC TBLPROPERTIES ('b' = '2', 'orc.compress' = 'ZLIB')"},
		{"transactional", dialect.Hive40, func(f *found) {
			f.tableType = "MANAGED_TABLE"
			f.detail.Location = "hdfs://nn:8020/managed/shop.db/orders"
			f.detail.Properties = map[string]string{"transactional": "true", "transactional_properties": "default"}
		}, head + " STORED AS ORC TBLPROPERTIES ('transactional' = 'true')"},
		{"insert-only", dialect.Hive40, func(f *found) {
			f.tableType = "MANAGED_TABLE"
			f.detail.Properties = map[string]string{"transactional": "TRUE", "transactional_properties": "insert_only"}
			f.storedAs(t, "PARQUET")
		}, head + " STORED AS PARQUET TBLPROPERTIES ('transactional' = 'true', 'transactional_properties' = 'insert_only')"},
		{"partitions", dialect.Hive31, func(f *found) {
			f.partitions = []field{{"day", "date", "of the order"}, {"land", "string", ""}}
		}, head + " PARTITIONED BY (day DATE COMMENT 'of the order', land STRING) STORED AS ORC"},
		{"buckets", dialect.Hive23, func(f *found) {
			f.buckets = buckets{[]string{"id"}, []sortColumn{{"id", true}}, 4}
			f.tableType = "MANAGED_TABLE"
		}, head + " CLUSTERED BY (id) SORTED BY (id DESC) INTO 4 BUCKETS STORED AS ORC"},
		{"no buckets", dialect.Hive40, func(f *found) { f.buckets = buckets{count: -1} }, head + " STORED AS ORC"},
		{"skew", dialect.Hive40, func(f *found) {
			f.skew = skew{[]string{"id"}, [][]string{{"1"}, {`it\'s`}}, true}
		}, head + ` SKEWED BY (id) ON ('1', 'it\'s') STORED AS DIRECTORIES STORED AS ORC`},
		{"text", dialect.Hive40, func(f *found) { f.storedAs(t, "TEXTFILE") }, head + " STORED AS TEXTFILE"},
		{"delimited", dialect.Hive40, func(f *found) {
			f.storedAs(t, "TEXTFILE")
			f.detail.SerDeProperties = map[string]string{
				"serialization.format": "\t", "field.delim": "\t", "colelction.delim": "|", "mapkey.delim": ":", "line.delim": "\n",
				"escape.delim": `\`, "serialization.null.format": "",
			}
		}, head + ` ROW FORMAT DELIMITED FIELDS TERMINATED BY '\u0009' ESCAPED BY '\\' COLLECTION ITEMS TERMINATED BY '|'` +
			` MAP KEYS TERMINATED BY ':' STORED AS TEXTFILE`},
		{"delimited as always", dialect.Hive40, func(f *found) {
			f.storedAs(t, "SEQUENCEFILE")
			f.detail.SerDeProperties = map[string]string{"field.delim": "\x01", "serialization.format": "\x01", "serialization.null.format": `\N`}
		}, head + " STORED AS SEQUENCEFILE"},
		{"an escape alone", dialect.Hive40, func(f *found) {
			f.storedAs(t, "TEXTFILE")
			f.detail.SerDeProperties = map[string]string{"escape.delim": "^"}
		}, head + ` ROW FORMAT DELIMITED FIELDS TERMINATED BY '\u0001' ESCAPED BY '^' STORED AS TEXTFILE`},
		{"an encoding", dialect.Hive40, func(f *found) {
			f.storedAs(t, "TEXTFILE")
			f.detail.SerDeProperties = map[string]string{"field.delim": ",", "serialization.format": ",", "serialization.encoding": "GBK"}
		}, head + " ROW FORMAT SERDE '" + lazySimple + "' WITH SERDEPROPERTIES ('field.delim' = ',', 'serialization.encoding' = 'GBK')" +
			" STORED AS TEXTFILE"},
		{"lines of JSON", dialect.Hive40, func(f *found) { f.storedAs(t, "JSONFILE") }, head + " STORED AS JSONFILE"},
		{"CSV", dialect.Hive40, func(f *found) {
			f.storedAs(t, "TEXTFILE")
			f.detail.SerDe = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
		}, head + " ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' STORED AS TEXTFILE"},
		{"RCFile of texts", dialect.Hive40, func(f *found) {
			f.storedAs(t, "RCFILE")
			f.detail.SerDe = "org.apache.hadoop.hive.serde2.columnar.ColumnarSerDe"
		}, head + " ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.columnar.ColumnarSerDe' STORED AS" +
			" INPUTFORMAT 'org.apache.hadoop.hive.ql.io.RCFileInputFormat' OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.RCFileOutputFormat'"},
		{"a handler", dialect.Hive40, func(f *found) {
			f.detail.InputFormat, f.detail.OutputFormat, f.detail.SerDe = "", "", "org.apache.hadoop.hive.hbase.HBaseSerDe"
			f.detail.SerDeProperties = map[string]string{"serialization.format": "1", "hbase.columns.mapping": ":key,f:item"}
			f.set("storage_handler", "org.apache.hadoop.hive.hbase.HBaseStorageHandler", "hbase.table.name", "orders")
		}, head + " STORED BY 'org.apache.hadoop.hive.hbase.HBaseStorageHandler' WITH SERDEPROPERTIES ('hbase.columns.mapping' = ':key,f:item')" +
			" TBLPROPERTIES ('hbase.table.name' = 'orders')"},
		{"Spark's", dialect.Spark35, func(f *found) {
			f.detail.SerDeProperties = map[string]string{"serialization.format": "1", "path": "hdfs://nn:8020/data/orders", "header": "true"}
			f.detail.Location = "hdfs://nn:8020/external/shop.db/orders-__PLACEHOLDER__"
			delete(f.detail.Properties, "TRANSLATED_TO_EXTERNAL")
			delete(f.detail.Properties, "external.table.purge")
			f.set("spark.sql.sources.provider", "csv")
		}, head + " USING csv OPTIONS ('header' = 'true') LOCATION 'hdfs://nn:8020/data/orders'"},
		{"keys", dialect.Hive40, func(f *found) {
			f.primaryKey = &schema.PrimaryKey{Name: "pk", Columns: []string{"id"}, NotEnforced: true, Rely: true}
			f.unique = []schema.Unique{{Name: "u", Columns: []string{"item"}, NotEnforced: true}}
			f.foreignKeys = []schema.ForeignKey{{
				Name: "fk", Columns: []string{"id"}, RefSchema: "stock", RefTable: "items", RefColumns: []string{"n"}, NotEnforced: true,
			}}
			f.checks = []schema.Check{{Name: "c", Condition: schema.SQL("id > 0"), Rely: true}}
		}, head[:len(head)-1] + ", CONSTRAINT pk PRIMARY KEY (id) DISABLE NOVALIDATE RELY, CONSTRAINT u UNIQUE (item) DISABLE NOVALIDATE," +
			" CONSTRAINT fk FOREIGN KEY (id) REFERENCES stock.items (n) DISABLE NOVALIDATE, CONSTRAINT c CHECK (id > 0)) STORED AS ORC"},
		{"of columns", dialect.Hive40, func(f *found) {
			f.columns = []field{{"a", "int", ""}, {"b", "string", ""}}
			f.notNull = map[string]bool{"a": true}
			f.defaults = map[string]string{"b": "'it\\'s'"}
		}, `CREATE TABLE shop.orders (a INT NOT NULL, b STRING DEFAULT 'it\'s') STORED AS ORC`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table := declare(t, orders(t, test.change).info())
			statement, err := compile.Compile(dialect.New(test.dialect), ddl.CreateTable(table))
			if err != nil {
				t.Fatal(err)
			}
			got, err := statement.SQL()
			if err != nil || got != test.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, test.want)
			}
		})
	}
}

func declare(t *testing.T, info *schema.TableInfo) *schema.Table {
	t.Helper()
	items := []schema.Item{schema.In(info.Schema), schema.Comment(info.Comment)}
	for _, c := range info.Columns {
		items = append(items, c)
	}
	items = append(items, info.Constraints...)
	for _, a := range info.Attrs {
		items = append(items, a)
	}
	md := schema.NewMetaData()
	schema.NewTable(md, "items", schema.In("stock"), schema.Col("n", schema.BigInt)) // a parent
	table := schema.NewTable(md, info.Name, items...)
	if err := table.Err(); err != nil {
		t.Fatal(err)
	}
	return table
}

// TestInfoOfViews: a view has a query and no layout.
func TestInfoOfViews(t *testing.T) {
	for tableType, want := range map[string]schema.RelationKind{
		"VIRTUAL_VIEW": schema.View, "VIEW": schema.View, "MATERIALIZED_VIEW": schema.MaterializedView,
	} {
		info := orders(t, func(f *found) { f.tableType, f.definition = tableType, "select 1 as `a`" }).info()
		if info.Kind != want || info.Definition != "select 1 as `a`" || len(info.Attrs) != 1 {
			t.Errorf("%s: got %v, %q, %v, want %v, its query, and its detail", tableType, info.Kind, info.Definition, info.Attrs, want)
		}
	}
}

func TestDetail(t *testing.T) {
	got, ok := DetailOf(declare(t, orders(t, func(f *found) {
		f.detail.Owner, f.detail.OwnerKind = "ann", "USER"
		f.partitions = []field{{"day", "date", ""}}
		f.set("transactional", "true", "transactional_properties", "insert_only")
	}).info()))
	want := orders(t, func(f *found) {
		f.detail.Owner, f.detail.OwnerKind = "ann", "USER"
		f.set("transactional", "true", "transactional_properties", "insert_only")
		f.detail.PartitionColumns = []string{"day"}
		f.detail.Transactional, f.detail.InsertOnly = true, true
	}).detail
	if !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if info := new(found).info(); len(info.Columns) != 0 || len(info.Attrs) != 1 {
		t.Errorf("of nothing: got %+v, want a detail", info)
	}
}

// TestUnread: a column whose type is unknown is there, and no statement has the text.
func TestUnread(t *testing.T) {
	table := declare(t, orders(t, func(f *found) {
		f.columns = append(f.columns, field{"odd", "frob<`;drop", "of a SerDe"})
	}).info())
	odd, ok := table.Column("odd")
	if !ok || odd.Type != schema.Null {
		t.Fatalf("got the column %+v, want one of type %v", odd, schema.Null)
	}
	d, _ := DetailOf(table)
	var reason *schema.TypeError
	if len(d.Unread) != 1 || d.Unread[0].Column != "odd" || !errors.As(d.Unread[0], &reason) {
		t.Errorf("got %v, want what is wrong with the column odd", d.Unread)
	}
	_, err := compile.Compile(dialect.New(dialect.Hive40), ddl.CreateTable(table))
	var unsupported *compile.UnsupportedError
	if !errors.As(err, &unsupported) {
		t.Errorf("created: got %v, want an UnsupportedError", err)
	}
}

func TestAtHome(t *testing.T) {
	tests := []struct {
		name, table, location string
		want                  bool
	}{
		{"at home", "orders", "hdfs://nn:8020/external/shop.db/orders", true},
		{"at home, managed", "orders", "hdfs://nn:8020/managed/shop.db/orders", true},
		{"with a slash", "orders", "hdfs://nn:8020/external/shop.db/orders/", true},
		{"another folder", "orders", "hdfs://nn:8020/external/shop.db/orders2", false},
		{"another database", "orders", "hdfs://nn:8020/external/other.db/orders", false},
		{"another host", "orders", "hdfs://other:8020/external/shop.db/orders", false},
		{"deeper", "orders", "hdfs://nn:8020/external/shop.db/x/orders", false},
		{"odd characters", "a b/c", "hdfs://nn:8020/external/shop.db/a-32-b-47-c", true},
		{"local", "t", "file:///w/t", true},
		{"local, short", "t", "file:/w/t", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := orders(t, func(f *found) { f.homes = append(f.homes, "file:/w/") })
			f.Name, f.detail.Location = test.table, test.location
			if got := f.atHome(); got != test.want {
				t.Errorf("%s at %s: got %v, want %v", test.table, test.location, got, test.want)
			}
		})
	}
}

// TestWithoutParentheses: a pair goes if it encloses all, and parentheses in texts and names are none.
func TestWithoutParentheses(t *testing.T) {
	for text, want := range map[string]string{
		"(a > 0)": "a > 0", "((a > 0))": "(a > 0)", "(a > 0) or (b > 0)": "(a > 0) or (b > 0)", "((a > 0) or (b > 0))": "(a > 0) or (b > 0)",
		"a > 0": "a > 0", "()": "", "(": "(", "": "", "(a = ')' or `)` = \"\\\")\")": "a = ')' or `)` = \"\\\")\"", "(a = '\\'') or ('' = b)": "(a = '\\'') or ('' = b)",
		"(a) > (0)": "(a) > (0)", "(`\\`) or (`b`)": "(`\\`) or (`b`)",
	} {
		if got := withoutParentheses(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
