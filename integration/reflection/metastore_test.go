package reflection

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/faultproxy"
	hivereflect "github.com/skep-go/skep/reflect"
	"github.com/skep-go/skep/toolkit/compile"
	define "github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/schema"
)

// onMetastores runs a test on the metastore of each version, with one session of the HiveServer2 that belongs to it, in
// a database of the test's own.
func onMetastores(t *testing.T, test func(t *testing.T, m *hivereflect.Metastore, s *metaSession)) {
	for _, kind := range live.Hives {
		t.Run(string(kind), func(t *testing.T) {
			srv := live.Shared(t, kind)
			s := newMetaSession(t, srv)
			test(t, openMetastore(t, srv.MetastoreAddr()), s)
		})
	}
}

// metaSession makes tables.
type metaSession struct {
	t    *testing.T
	srv  *hivetest.Server
	conn *sql.Conn
	db   string
}

func newMetaSession(t *testing.T, srv *hivetest.Server) *metaSession {
	t.Helper()
	conn, err := live.Open(t, srv).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := &metaSession{t, srv, conn, fmt.Sprintf("meta_%x", time.Now().UnixNano())}
	if srv.Kind() != hivetest.Spark35 {
		s.exec("SET hive.support.concurrency=true", "SET hive.txn.manager=org.apache.hadoop.hive.ql.lockmgr.DbTxnManager")
	}
	s.exec("CREATE DATABASE "+s.db+" COMMENT 'it\\'s \"mine\"' WITH DBPROPERTIES ('who'='me')", "USE "+s.db)
	t.Cleanup(func() {
		s.exec("DROP DATABASE " + s.db + " CASCADE")
		conn.Close()
	})
	return s
}

func (s *metaSession) exec(statements ...string) {
	s.t.Helper()
	for _, text := range statements {
		if _, err := s.conn.ExecContext(context.Background(), text); err != nil {
			s.t.Fatalf("%s: %v", text, err)
		}
	}
}

// describe reads one table, and declares it with the others that its foreign keys want.
func (s *metaSession) describe(i schema.Inspector, name string) *schema.TableInfo {
	s.t.Helper()
	for info, err := range i.Describe(s.t.Context(), s.db, name) {
		if err != nil {
			s.t.Fatalf("describing %s: %v", name, err)
		}
		return info
	}
	s.t.Fatalf("describing %s: nothing", name)
	return nil
}

func declareInfo(md *schema.MetaData, info *schema.TableInfo) *schema.Table {
	items := []schema.Item{schema.In(info.Schema), schema.Comment(info.Comment)}
	for _, c := range info.Columns {
		items = append(items, c)
	}
	items = append(items, info.Constraints...)
	for _, a := range info.Attrs {
		items = append(items, a)
	}
	return schema.NewTable(md, info.Name, items...)
}

func TestMetastoreSchemas(t *testing.T) {
	onMetastores(t, func(t *testing.T, m *hivereflect.Metastore, s *metaSession) {
		names, err := m.Schemas(t.Context())
		if err != nil || !slices.Contains(names, s.db) || !slices.Contains(names, "default") || !slices.IsSorted(names) {
			t.Errorf("schemas: got %v, %v, want %s and default among them, sorted", names, err, s.db)
		}
		got, err := m.Schema(t.Context(), s.db)
		if err != nil || got.Name != s.db || got.Comment != `it's "mine"` || got.Properties["who"] != "me" ||
			!strings.HasSuffix(got.Location, "/"+s.db+".db") || got.Owner == "" || got.OwnerKind != "USER" {
			t.Errorf("schema: got %+v, %v", got, err)
		}
		if live.On(live.Hive4, s.srv) && time.Since(got.Created) > time.Hour {
			t.Errorf("created %v, want now", got.Created)
		}
	})
}

// metaTables are statements that make tables, by the names of these, with what the metastore must tell about them in the
// text of a CREATE TABLE.
var metaTables = []struct {
	name, create, want string
	kinds              []hivetest.Kind // that have it, or nil for all
}{
	{
		name: "plain", create: `CREATE TABLE plain (id BIGINT COMMENT 'it\'s a "\\"', s STRING) COMMENT 'a \'table\' of \\'`,
		want: `(id BIGINT COMMENT 'it\'s a "\\"', s STRING) COMMENT 'a \'table\' of \\' STORED AS TEXTFILE`,
	},
	{ // C-96
		name: "c_96", create: "CREATE TABLE c_96 (a ARRAY<STRUCT<a:INT,b:MAP<STRING,DECIMAL(10,2)>>>, u UNIONTYPE<INT,STRING>, c CHAR(5), v VARCHAR(7)) STORED AS ORC",
		want: "(a ARRAY<STRUCT<a:INT,b:MAP<STRING,DECIMAL(10,2)>>>, u UNIONTYPE<INT,STRING>, c CHAR(5), v VARCHAR(7)) STORED AS ORC",
	},
	{
		name: "c_96_zone", create: "CREATE TABLE c_96_zone (t TIMESTAMP WITH LOCAL TIME ZONE) STORED AS ORC", kinds: live.Since3,
		want: "(t TIMESTAMP WITH LOCAL TIME ZONE) STORED AS ORC",
	},
	{ // C-102
		name: "c_102", create: "CREATE TABLE c_102 (a INT) PARTITIONED BY (day DATE COMMENT 'of it', `from` STRING) STORED AS PARQUET",
		want: "(a INT) PARTITIONED BY (day DATE COMMENT 'of it', `from` STRING) STORED AS PARQUET",
	},
	{
		name: "elsewhere", create: "CREATE EXTERNAL TABLE elsewhere (a INT) LOCATION '/tmp/skep-elsewhere' TBLPROPERTIES ('own'='1')",
		want: "EXTERNAL (a INT) STORED AS TEXTFILE LOCATION 'file:/tmp/skep-elsewhere' TBLPROPERTIES ('own' = '1')",
	},
	{name: "external_here", create: "CREATE EXTERNAL TABLE external_here (a INT) STORED AS SEQUENCEFILE", want: "EXTERNAL (a INT) STORED AS SEQUENCEFILE"},
	{
		name:   "delimited",
		create: `CREATE TABLE delimited (a INT, m MAP<STRING,INT>) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' ESCAPED BY '\\' COLLECTION ITEMS TERMINATED BY '|' MAP KEYS TERMINATED BY ':' NULL DEFINED AS 'nil'`,
		want:   `(a INT, m MAP<STRING,INT>) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\u0009' ESCAPED BY '\\' COLLECTION ITEMS TERMINATED BY '|' MAP KEYS TERMINATED BY ':' NULL DEFINED AS 'nil' STORED AS TEXTFILE`,
	},
	{
		name:   "csv",
		create: "CREATE TABLE csv (a STRING) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' WITH SERDEPROPERTIES ('separatorChar'=';')",
		want:   "(a STRING) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' WITH SERDEPROPERTIES ('separatorChar' = ';') STORED AS TEXTFILE",
	},
	{
		name: "buckets", create: "CREATE TABLE buckets (a INT, b STRING) CLUSTERED BY (a) SORTED BY (b DESC, a) INTO 3 BUCKETS STORED AS RCFILE",
		want: "(a INT, b STRING) CLUSTERED BY (a) SORTED BY (b DESC, a) INTO 3 BUCKETS STORED AS RCFILE",
	},
	{
		name: "skewed", create: "CREATE TABLE skewed (a INT, b STRING) SKEWED BY (a, b) ON ((1, 'x'), (2, 'y')) STORED AS DIRECTORIES",
		want: "(a INT, b STRING) SKEWED BY (a, b) ON (('1', 'x'), ('2', 'y')) STORED AS DIRECTORIES STORED AS TEXTFILE",
	},
	{
		name: "acid", create: "CREATE TABLE acid (a INT) CLUSTERED BY (a) INTO 2 BUCKETS STORED AS ORC TBLPROPERTIES ('transactional'='true')",
		want: "(a INT) CLUSTERED BY (a) INTO 2 BUCKETS STORED AS ORC TBLPROPERTIES ('transactional' = 'true')",
	},
	{
		name: "inserts", create: "CREATE TABLE inserts (a INT) STORED AS PARQUET TBLPROPERTIES ('transactional'='true','transactional_properties'='insert_only')",
		want: "(a INT) STORED AS PARQUET TBLPROPERTIES ('transactional' = 'true', 'transactional_properties' = 'insert_only')", kinds: live.Since3,
	},
	{
		name: "keys", create: "CREATE TABLE keys (b INT, a INT, CONSTRAINT keys_pk PRIMARY KEY (a, b) DISABLE NOVALIDATE)",
		want: "(b INT, a INT, CONSTRAINT keys_pk PRIMARY KEY (a, b) DISABLE NOVALIDATE) STORED AS TEXTFILE",
	},
	{ // Hive 2 forgets RELY
		name: "relied", create: "CREATE TABLE relied (a INT, CONSTRAINT relied_pk PRIMARY KEY (a) DISABLE NOVALIDATE RELY)",
		want: "(a INT, CONSTRAINT relied_pk PRIMARY KEY (a) DISABLE NOVALIDATE RELY) STORED AS TEXTFILE", kinds: live.Since3,
	},
	{
		name:   "child",
		create: "CREATE TABLE child (x INT, y INT, CONSTRAINT child_fk FOREIGN KEY (y, x) REFERENCES keys (a, b) DISABLE NOVALIDATE)",
		want:   "(x INT, y INT, CONSTRAINT child_fk FOREIGN KEY (y, x) REFERENCES DB.keys (a, b) DISABLE NOVALIDATE) STORED AS TEXTFILE",
	},
	{ // C-101
		name:   "c_101",
		create: `CREATE TABLE c_101 (n INT NOT NULL, d STRING DEFAULT 'it\'s', u INT, CONSTRAINT c_101_u UNIQUE (u, n) DISABLE NOVALIDATE, CONSTRAINT c_101_c CHECK (n > 0 AND d <> 'x'))`,
		want:   "(n INT NOT NULL, d STRING DEFAULT 'it\\'s', u INT, CONSTRAINT c_101_u UNIQUE (u, n) DISABLE NOVALIDATE, CONSTRAINT c_101_c CHECK (`n` > 0 AND `d` <> 'x')) STORED AS TEXTFILE",
		kinds:  live.Since3,
	},
	{name: "json", create: "CREATE TABLE json (a INT) STORED AS JSONFILE", want: "(a INT) STORED AS JSONFILE", kinds: live.Hive4},
	{
		name:   "avro",
		create: `CREATE TABLE avro STORED AS AVRO TBLPROPERTIES ('avro.schema.literal'='{"type":"record","name":"r","fields":[{"name":"a","type":["null","int"]}]}')`,
		want:   `(a INT) STORED AS AVRO TBLPROPERTIES ('avro.schema.literal' = '{"type":"record","name":"r","fields":[{"name":"a","type":["null","int"]}]}')`, kinds: live.Since3,
	},
}

// TestMetastoreTables makes tables, reads them, makes others of what was read, and reads these: the first and the second
// are created by the same text.
func TestMetastoreTables(t *testing.T) {
	onMetastores(t, func(t *testing.T, m *hivereflect.Metastore, s *metaSession) {
		d := live.Dialect(t, s.srv)
		create := func(info *schema.TableInfo) string {
			t.Helper()
			md := schema.NewMetaData()
			if info.Name == "child" {
				declareInfo(md, s.describe(m, "keys"))
			}
			st, err := compile.Compile(d, define.CreateTable(declareInfo(md, info)))
			if err != nil {
				t.Errorf("%s: %v", info.Name, err)
				return ""
			}
			text, _ := st.SQL()
			return text
		}
		for _, table := range metaTables {
			if table.kinds != nil && !live.On(table.kinds, s.srv) {
				continue
			}
			s.exec(table.create)
			text := create(s.describe(m, table.name))
			got := strings.Replace(strings.Replace(text, "CREATE ", "", 1), "TABLE "+s.db+"."+table.name+" ", "", 1)
			want := table.want
			if live.On(live.Hive3, s.srv) { // which leaves the backticks of conditions out
				want = strings.ReplaceAll(want, "`n` > 0 AND `d`", "n > 0 AND d")
			}
			if got = strings.ReplaceAll(got, s.db, "DB"); got != want {
				t.Errorf("%s\n got  %s\n want %s", table.create, got, want)
				continue
			}
			if table.name == "keys" {
				continue // a parent, and constraints have unique names
			}
			s.exec("DROP TABLE "+table.name, text)
			if again := create(s.describe(m, table.name)); again != text {
				t.Errorf("%s, made of what was read:\n got  %s\n want %s", table.name, again, text)
			}
		}
	})
}

// TestC99ViewsAreNoTables is about C-99, C-104 and C-100, too: views come with their queries.
func TestC99ViewsAreNoTables(t *testing.T) {
	onMetastores(t, func(t *testing.T, m *hivereflect.Metastore, s *metaSession) {
		s.exec("CREATE TABLE base (a INT) COMMENT 'it''s' STORED AS ORC", "CREATE VIEW v (x, n) COMMENT 'seen' AS SELECT a, NULL FROM base")
		got, err := m.Relations(t.Context(), strings.ToUpper(s.db))
		want := []schema.Relation{
			{Schema: s.db, Name: "base", Comment: "its"}, {Schema: s.db, Name: "v", Kind: schema.View, Comment: "seen"},
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("relations: got %+v, %v, want %+v", got, err, want)
		}
		v := s.describe(m, "v")
		if v.Kind != schema.View || len(v.Columns) != 2 || v.Columns[1].Type != schema.Null ||
			!strings.Contains(strings.ToLower(v.Definition), "`"+s.db+"`.`base`") {
			t.Errorf("view: got %+v", v)
		}
		if base := s.describe(m, "base"); len(base.Constraints) != 0 || base.Comment != "its" {
			t.Errorf("table: got %v, comment %q, want no constraints and a comment", base.Constraints, base.Comment)
		}
	})
}

// TestC105NamesAreNoPatterns is about C-97, too: what is missing is told.
func TestC105NamesAreNoPatterns(t *testing.T) {
	onMetastores(t, func(t *testing.T, m *hivereflect.Metastore, s *metaSession) {
		s.exec("CREATE TABLE a_b (i INT)", "CREATE TABLE axb (i INT)")
		var got []string
		names := []string{"a_b", "a%b", "*", "A_B", "a.b", "a_b|axb", "", "axb"}
		for info, err := range m.Describe(t.Context(), s.db, names...) {
			var none *schema.NoTableError
			switch {
			case err == nil:
				got = append(got, info.Name)
			case errors.As(err, &none) && none.Schema == s.db:
				got = append(got, "-"+none.Name)
			default:
				t.Error(err)
			}
		}
		want := []string{"a_b", "-a%b", "-*", "a_b", "-a.b", "-a_b|axb", "-", "axb"}
		if !slices.Equal(got, want) {
			t.Errorf("described %q: got %q, want %q", names, got, want)
		}
		for _, name := range []string{s.db[:5] + "*", "*", strings.Replace(s.db, "_", ".", 1), "no_such", "a|b", ""} {
			var none *schema.NoSchemaError
			if _, err := m.Relations(t.Context(), name); name != "" && !errors.As(err, &none) {
				t.Errorf("relations of %q: got %v, want a NoSchemaError", name, err)
			}
			if _, err := m.HasTable(t.Context(), name, "a_b"); name != "" && !errors.As(err, &none) {
				t.Errorf("a table of %q: got %v, want a NoSchemaError", name, err)
			}
		}
		for name, want := range map[string]bool{"a_b": true, "A_B": true, "a%": false, "a_": false, "*": false} {
			if has, err := m.HasTable(t.Context(), s.db, name); err != nil || has != want {
				t.Errorf("HasTable(%q): got %v, %v, want %v", name, has, err, want)
			}
		}
		for _, err := range m.Partitions(t.Context(), s.db, "nope", "") {
			var none *schema.NoTableError
			if !errors.As(err, &none) {
				t.Errorf("partitions of a table that is not there: got %v, want a NoTableError", err)
			}
		}
	})
}

func TestMetastorePartitions(t *testing.T) {
	onMetastores(t, func(t *testing.T, m *hivereflect.Metastore, s *metaSession) {
		var ascii strings.Builder
		for c := ' '; c < 0x7f; c++ {
			ascii.WriteRune(c)
		}
		texts := []string{"a=/ b%", "ü\"測", "it's", "tab\there", ascii.String()}
		s.exec("CREATE TABLE p (i INT) PARTITIONED BY (txt STRING, n INT, day DATE) STORED AS ORC")
		for i, text := range texts {
			literal := strings.NewReplacer(`\`, `\\`, `'`, `\'`, "$", `\u0024`).Replace(text)
			s.exec(fmt.Sprintf("ALTER TABLE p ADD PARTITION (txt='%s', n=%d, day='2026-01-%02d')", literal, i, i+1))
		}
		s.exec("ALTER TABLE p ADD PARTITION (txt='far', n=99, day='2027-01-01') LOCATION '/tmp/skep-far'",
			"SET hive.exec.dynamic.partition.mode=nonstrict",
			"INSERT INTO p PARTITION (txt, n, day) SELECT 1, CAST(NULL AS STRING), 7, DATE '2028-01-01'",
			"ANALYZE TABLE p PARTITION (txt, n, day) COMPUTE STATISTICS")
		all := map[string]hivereflect.Partition{}
		for p, err := range m.Partitions(t.Context(), s.db, "p", "") {
			if err != nil {
				t.Fatal(err)
			}
			all[p.Values[0].String] = p
			if time.Since(p.Created) > time.Hour {
				t.Errorf("%s: created %v, want now", p.Name, p.Created)
			}
		}
		for i, text := range texts {
			p := all[text]
			if len(p.Values) != 3 || !p.Values[0].Valid || p.Values[1].String != fmt.Sprint(i) || !strings.HasSuffix(p.Location, "/p/"+p.Name) {
				t.Errorf("partition %q: got %+v", text, p)
			}
			if i == len(texts)-1 {
				continue // no filter can say it
			}
			where, err := hivereflect.Where("n", "=", i)
			byDay, _ := hivereflect.Where("day", ">=", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			if byText, err := hivereflect.Where("txt", "=", text); err == nil {
				where = where.And(byText)
			}
			names, err := m.PartitionNames(t.Context(), s.db, "p", where.And(byDay))
			if err != nil || !slices.Equal(names, []string{p.Name}) {
				t.Errorf("where %s: got %q, %v, want %q", where, names, err, p.Name)
			}
		}
		if p := all[""]; p.Values[0].Valid || p.Properties["numRows"] != "1" {
			t.Errorf("the partition of NULL: got %+v", p)
		}
		if p := all["far"]; p.Location != "file:/tmp/skep-far" {
			t.Errorf("a partition elsewhere: got %+v", p)
		}
		for filter, want := range map[hivereflect.PartitionFilter]int{"": 7, "n > 3": 3, `txt = "nope"`: 0, `day < "2026-01-03"`: 2} {
			n, err := m.PartitionCount(t.Context(), s.db, "p", filter)
			names, err2 := m.PartitionNames(t.Context(), s.db, "p", filter)
			found := 0
			for _, err := range m.Partitions(t.Context(), s.db, "p", filter) {
				if err != nil {
					t.Error(err)
				}
				found++
			}
			if n != want || len(names) != want || found != want || err != nil || err2 != nil {
				t.Errorf("where %q: got %d, %d names, %d partitions, %v, %v, want %d", filter, n, len(names), found, err, err2, want)
			}
		}
		var failed *hivereflect.ServerError
		if _, err := m.PartitionNames(t.Context(), s.db, "p", "i = 1"); !errors.As(err, &failed) {
			t.Errorf("a filter on another column: got %v, want a ServerError", err)
		}
	})
}

func TestMetastoreStatistics(t *testing.T) {
	onMetastores(t, func(t *testing.T, m *hivereflect.Metastore, s *metaSession) {
		s.exec("CREATE TABLE st (b BOOLEAN, i INT, f DOUBLE, de DECIMAL(20,3), s STRING, bi BINARY, d DATE) STORED AS ORC",
			"INSERT INTO st SELECT true, 5, 2.5D, -123.456, 'abc', CAST('xy' AS BINARY), DATE '2020-02-03'",
			"INSERT INTO st SELECT NULL, 7, NULL, 0.001, NULL, NULL, NULL")
		got, err := m.Statistics(t.Context(), s.db, "st")
		if err != nil || len(got.Columns) != 0 {
			t.Errorf("before it was analyzed: got %+v, %v", got, err)
		}
		s.exec("ANALYZE TABLE st COMPUTE STATISTICS", "ANALYZE TABLE st COMPUTE STATISTICS FOR COLUMNS")
		got, err = m.Statistics(t.Context(), s.db, "st")
		if err != nil || got.Rows != 2 || got.Files != 2 || got.Bytes < 1 || got.RawBytes < 1 || !got.Accurate {
			t.Errorf("got %+v, %v, want 2 rows in 2 files", got, err)
		}
		day := time.Date(2020, 2, 3, 0, 0, 0, 0, time.UTC)
		want := []hivereflect.ColumnStatistics{
			{Column: "b", Type: "boolean", Nulls: 1, Distinct: -1, AvgLength: -1, MaxLength: -1, Trues: 1, Falses: 0},
			{Column: "bi", Type: "binary", Nulls: 1, Distinct: -1, AvgLength: 1, MaxLength: 2, Trues: -1, Falses: -1},
			{Column: "d", Type: "date", Nulls: 1, Distinct: 1, Min: day, Max: day, AvgLength: -1, MaxLength: -1, Trues: -1, Falses: -1},
			{Column: "de", Type: "decimal(20,3)", Distinct: 2, Min: "-123.456", Max: "0.001", AvgLength: -1, MaxLength: -1, Trues: -1, Falses: -1},
			{Column: "f", Type: "double", Nulls: 1, Distinct: 1, Min: 2.5, Max: 2.5, AvgLength: -1, MaxLength: -1, Trues: -1, Falses: -1},
			{Column: "i", Type: "int", Distinct: 2, Min: int64(5), Max: int64(7), AvgLength: -1, MaxLength: -1, Trues: -1, Falses: -1},
			{Column: "s", Type: "string", Nulls: 1, Distinct: 1, AvgLength: 1.5, MaxLength: 3, Trues: -1, Falses: -1},
		}
		for i, c := range got.Columns {
			if i >= len(want) || c != want[i] {
				t.Errorf("column %d:\n got  %+v\n want %+v", i, c, want[min(i, len(want)-1)])
			}
		}
		if len(got.Columns) != len(want) {
			t.Errorf("got %d columns, want %d", len(got.Columns), len(want))
		}
		s.exec("CREATE TABLE stp (i INT) PARTITIONED BY (p INT) STORED AS ORC", "INSERT INTO stp PARTITION (p=1) VALUES (3), (4)",
			"ALTER TABLE stp ADD PARTITION (p=2)", "ANALYZE TABLE stp PARTITION (p) COMPUTE STATISTICS",
			"ANALYZE TABLE stp PARTITION (p) COMPUTE STATISTICS FOR COLUMNS")
		rows := map[string]int64{}
		for p, err := range m.PartitionStatistics(t.Context(), s.db, "stp", "p=1", "p=2", "p=3") {
			if err != nil {
				t.Fatal(err)
			}
			rows[p.Name] = p.Rows
			if p.Name == "p=1" && (len(p.Columns) != 1 || p.Columns[0].Max != int64(4)) {
				t.Errorf("columns of %s: got %+v, want a maximum of 4", p.Name, p.Columns)
			}
		}
		if len(rows) != 2 || rows["p=1"] != 2 {
			t.Errorf("rows of partitions: got %v, want two in p=1, and p=2", rows)
		}
	})
}

// TestMetastoreElsewhere: what is not a metastore is told from one that is not there.
func TestMetastoreElsewhere(t *testing.T) {
	closed := faultproxy.ClosedAddr(t)
	onMetastores(t, func(t *testing.T, m *hivereflect.Metastore, s *metaSession) {
		srv := s.srv
		var unreachable *hivereflect.UnreachableError
		var protocol *hivereflect.ProtocolError
		if _, err := openMetastore(t, closed).Schemas(t.Context()); !errors.As(err, &unreachable) {
			t.Errorf("nobody listens: got %v, want an UnreachableError", err)
		}
		for name, addr := range map[string]string{"HiveServer2 with SASL": srv.Addr(), "HiveServer2 without": srv.NoSASLAddr()} {
			if _, err := openMetastore(t, addr).Schemas(t.Context()); !errors.As(err, &protocol) {
				t.Errorf("%s: got %v, want a ProtocolError", name, err)
			}
		}
		first := openMetastore(t, srv.MetastoreAddr(), func(c *hivereflect.MetastoreConfig) {
			c.URIs = []string{"thrift://" + closed, c.URIs[0]}
		})
		if _, err := first.Schemas(t.Context()); err != nil {
			t.Errorf("the first URI is dead: got %v, want the second one's answer", err)
		}
		framed := openMetastore(t, srv.MetastoreAddr(), func(c *hivereflect.MetastoreConfig) {
			c.Framed, c.ConnectTimeout = true, 2*time.Second
		})
		if _, err := framed.Schemas(t.Context()); !errors.As(err, &protocol) && !errors.As(err, &unreachable) {
			t.Errorf("frames to a server without: got %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := m.Schemas(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("canceled: got %v, want %v", err, context.Canceled)
		}
	})
}
