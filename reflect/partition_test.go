package hivereflect

import (
	"strings"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/internal/hiveql"
	"github.com/skep-go/skep/internal/rpc"
	"github.com/skep-go/skep/internal/wire"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/schema"
)

func TestPartitionFilter(t *testing.T) {
	day := time.Date(2026, 1, 31, 5, 0, 0, 0, time.UTC)
	tests := []struct {
		column, operator string
		value            any
		want             PartitionFilter // "": an error
	}{
		{"land", "=", "fr", `land = "fr"`},
		{"land", "!=", `a"b`, `land != 'a"b'`},
		{"n", "<=", -5, "n <= -5"},
		{"n", ">", int64(5), "n > 5"},
		{"day", ">=", day, `day >= "2026-01-31"`},
		{"land", "=", `a"b'c`, ""},
		{"land", "=", `a\`, ""},
		{"land", "like", "x", ""},
		{"a or b", "=", "x", ""},
		{"", "=", "x", ""},
		{"f", "=", 1.5, ""},
	}
	for _, tt := range tests {
		if got, err := Where(tt.column, tt.operator, tt.value); got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s %s %v: got %q, %v, want %q", tt.column, tt.operator, tt.value, got, err, tt.want)
		}
	}
	a, b := PartitionFilter("a = 1"), PartitionFilter("b = 2")
	if got, want := a.Or(b).And(a), PartitionFilter("((a = 1) or (b = 2)) and (a = 1)"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// sqlOf is a filter as HiveServer2 is asked.
func sqlOf(f PartitionFilter) (string, error) {
	condition, err := f.condition()
	if err != nil {
		return "", err
	}
	st, err := compile.Compile(dialect.New(dialect.Hive40), dialect.ShowPartitionsWhere(schema.NewTable(nil, "t"), condition))
	if err != nil {
		return "", err
	}
	return st.SQL()
}

// TestPartitionsReply: both calls' replies are read, and neither can say more than it was asked, or nothing.
func TestPartitionsReply(t *testing.T) {
	two := []*hms.Partition{{Values: []string{"1"}, CreateTime: 5, Parameters: map[string]string{"k": "v"}, Sd: &hms.StorageDescriptor{Location: "file:/a"}}, {Values: []string{"2"}}}
	all := &hms.GetPartitionsByNamesResult_{Partitions: two}
	for _, tt := range []struct {
		name  string
		reply thrift.TStruct
		most  int
		want  string // the names, or a part of the error
	}{
		{"a list", &hms.ThriftHiveMetastoreGetPartitionsByNamesResult{Success: two}, 2, "p=1 p=2"},
		{"a response", &hms.ThriftHiveMetastoreGetPartitionsByNamesReqResult{Success: all}, 3, "p=1 p=2"},
		{"none", &hms.ThriftHiveMetastoreGetPartitionsByNamesResult{Success: []*hms.Partition{}}, 2, ""},
		{"a refusal", &hms.ThriftHiveMetastoreGetPartitionsByNamesReqResult{O1: &hms.MetaException{}}, 2, ""},
		{"too many", &hms.ThriftHiveMetastoreGetPartitionsByNamesReqResult{Success: all}, 1, "more partitions than were asked for"},
		{"nothing", &hms.ThriftHiveMetastoreGetPartitionsByNamesResult{}, 2, "no partitions, and no reason"},
	} {
		msg := reply(wire.Header{Name: "get_partitions_by_names"}, tt.reply)
		head, err := wire.ParseMessage(msg)
		if err != nil {
			t.Fatal(err)
		}
		r := partitionsReply{Columns: []string{"p"}, Most: tt.most}
		if err := rpc.Decode(msg[head.BodyOffset:], &r); err != nil {
			if tt.want == "" || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: got the error %v, want %q", tt.name, err, tt.want)
			}
			continue
		}
		var names []string
		for _, p := range r.Found {
			names = append(names, p.Name)
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
		if len(r.Found) > 0 && (r.Found[0].Location != "file:/a" || r.Found[0].Created.Unix() != 5 || r.Found[0].Properties["k"] != "v") {
			t.Errorf("%s: got %+v", tt.name, r.Found[0])
		}
	}
}

func TestPartitionFilterInSQL(t *testing.T) {
	for _, tt := range []struct {
		filter PartitionFilter
		want   string // "": an error
	}{
		{"n>-5", "(`n`>-5)"},
		{`Date >= "2026-01-31" and (land = 'it"s' OR n not in (1,2.5))`, "(`Date` >=  '2026-01-31'  and (`land` =  'it\"s'  OR `n` not in (1,2.5)))"},
		{`user like"${x}' :a -- %"`, "(`user` like '\\u0024{x}\\' :a -- %' )"},
		{`day between date '2026-01-01' and "x"`, "(`day` between date  '2026-01-01'  and  'x' )"},
		{"n = 1 -- x", ""},
		{"n = 1; drop", ""},
		{"n = 1) or (n = 2", ""},
		{"(n = 1", ""},
		{`s = "x`, ""},
		{`s = "\"`, ""},
		{"s = :a", ""},
		{"s = `a`", ""},
		{"s = 'é' or é = 1", ""},
		{"s = /* */ 1", ""},
	} {
		got, err := sqlOf(tt.filter)
		want := tt.want
		if want != "" {
			want = "SHOW PARTITIONS t WHERE " + want
		}
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s:\n got %s, %v\nwant %s", tt.filter, got, err, want)
		}
	}
}

// FuzzPartitionFilter: whatever a filter says, it is one statement, whose texts are as the filter has them.
func FuzzPartitionFilter(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		sql, err := sqlOf(PartitionFilter(text))
		if err != nil {
			return
		}
		if parts, err := hiveql.Split(sql); err != nil || len(parts) != 1 || parts[0].Text != sql || !strings.HasSuffix(sql, ")") {
			t.Errorf("%q became %q: %d statements, %v", text, sql, len(parts), err)
		}
	})
}
