package hivereflect

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	hms "github.com/beltran/gohive/hive_metastore"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/faultproxy"
	"github.com/skep-go/skep/internal/wire"
	"github.com/skep-go/skep/toolkit/schema"
)

func openFake(t *testing.T, cfg MetastoreConfig) *Metastore {
	t.Helper()
	m, err := OpenMetastore(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

var aDatabase = scripted{result: &hms.ThriftHiveMetastoreGetDatabaseResult{Success: &hms.Database{Name: "db", LocationUri: "file:/w/db.db"}}}

func someTables(names ...string) scripted {
	var tables []*hms.Table
	for _, name := range names {
		tables = append(tables, &hms.Table{DbName: "db", TableName: name, TableType: "MANAGED_TABLE", Sd: &hms.StorageDescriptor{
			Cols: []*hms.FieldSchema{{Name: "i", Type: "int"}, {Name: "odd", Type: "some<thing"}},
		}})
	}
	return scripted{result: &hms.ThriftHiveMetastoreGetTableObjectsByNameReqResult{Success: &hms.GetTablesResult_{Tables: tables}}}
}

// describeAll collects what Describe tells: names, or errors.
func describeAll(m *Metastore, names ...string) (all []string) {
	for info, err := range m.Describe(context.Background(), "db", names...) {
		if err != nil {
			all = append(all, fmt.Sprintf("%T", err))
			continue
		}
		all = append(all, fmt.Sprint(info.Name, len(info.Constraints)))
	}
	return all
}

// TestConstraintsByVersion: what a server does not know is asked in another way.
func TestConstraintsByVersion(t *testing.T) {
	pk := &hms.SQLPrimaryKey{TableDb: "db", TableName: "a", ColumnName: "i", PkName: "pk"}
	known := map[string]scripted{
		"get_all_table_constraints": {result: &hms.ThriftHiveMetastoreGetAllTableConstraintsResult{
			Success: &hms.AllTableConstraintsResponse{AllTableConstraints: &hms.SQLAllTableConstraints{PrimaryKeys: []*hms.SQLPrimaryKey{pk}}},
		}},
		"get_primary_keys": {result: &hms.ThriftHiveMetastoreGetPrimaryKeysResult{
			Success: &hms.PrimaryKeysResponse{PrimaryKeys: []*hms.SQLPrimaryKey{pk}},
		}},
		"get_unique_constraints": {result: &hms.ThriftHiveMetastoreGetUniqueConstraintsResult{
			Success: &hms.UniqueConstraintsResponse{UniqueConstraints: []*hms.SQLUniqueConstraint{{UkName: "u", ColumnName: "i"}}},
		}},
		"get_foreign_keys":         {result: &hms.ThriftHiveMetastoreGetForeignKeysResult{}},
		"get_not_null_constraints": {result: &hms.ThriftHiveMetastoreGetNotNullConstraintsResult{O2: &hms.NoSuchObjectException{}}},
	}
	tests := []struct {
		version string
		lacks   string
		want    string
		asked   int // for all constraints at once
	}{
		{"4.0.1", "", "a1 b1", 2},
		{"4.0.0-alpha", "get_all_table_constraints", "a2 b2", 2}, // and then no more
		{"3.1.3", "", "a2 b2", 0},
		{"2.3.10", "", "a1 b1", 0},
		{"", "", "a1 b1", 2},
		{"who knows", "get_all_table_constraints", "a2 b2", 2},
	}
	for _, tt := range tests {
		t.Run(tt.version, func(t *testing.T) {
			asked := 0
			m := openFake(t, fakeMetastore(t, tt.version, func(method string, _ int) (scripted, bool) {
				switch method {
				case "get_database":
					return aDatabase, true
				case "get_table_objects_by_name_req":
					return someTables("a", "b"), true
				case "get_all_table_constraints":
					asked++
				}
				a, ok := known[method]
				return a, ok && method != tt.lacks
			}))
			for range 2 {
				if got := strings.Join(describeAll(m, "a", "b"), " "); got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			}
			if tt.lacks == "" {
				asked /= 2
			}
			m.Close()
			if asked != tt.asked {
				t.Errorf("asked %d times for all constraints, want %d", asked, tt.asked)
			}
		})
	}
}

// TestOneTableFails: it costs neither the others nor the order.
func TestOneTableFails(t *testing.T) {
	names := []string{"a", "bad", "c"}
	m := openFake(t, fakeMetastore(t, "4.0.1", func(method string, call int) (scripted, bool) {
		switch method {
		case "get_database":
			return aDatabase, true
		case "get_table_objects_by_name_req":
			if call == 0 || call == 2 {
				return scripted{result: &hms.ThriftHiveMetastoreGetTableObjectsByNameReqResult{O1: &hms.MetaException{Message: "sorry"}}}, true
			}
			return someTables(names[call-1]), true
		case "get_all_table_constraints":
			return scripted{result: &hms.ThriftHiveMetastoreGetAllTableConstraintsResult{}}, true
		}
		return scripted{}, false
	}))
	got, want := describeAll(m, names...), []string{"a0", "*hivereflect.ServerError", "c0"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestFaults: what comes back is an error of the right type, and the next call works.
func TestFaults(t *testing.T) {
	good := scripted{result: &hms.ThriftHiveMetastoreGetAllDatabasesResult{Success: []string{"b", "a"}}}
	half := stray(good)[:20]
	tests := []struct {
		name  string
		first scripted
		as    any // nil: the call is made again, and works
	}{
		{"hangs up", scripted{hangUp: true}, nil},
		{"hangs up in mid-reply", scripted{raw: half, hangUp: true}, nil},
		{"octets", scripted{raw: []byte("HTTP/1.1 400 Bad Request\r\n\r\n")}, new(*ProtocolError)},
		{"another call's reply", scripted{raw: stray(good)}, new(*ProtocolError)},
		{"an exception", scripted{result: &hms.ThriftHiveMetastoreGetAllDatabasesResult{O1: &hms.MetaException{Message: "no"}}}, new(*ServerError)},
		{"unknown", unknownMethod, new(*ServerError)},
		{
			"a refusal", scripted{result: &hms.ThriftHiveMetastoreGetAllDatabasesResult{O1: &hms.MetaException{
				Message: "org.apache.hadoop.hive.ql.security.authorization.plugin.HiveAccessControlException: Permission denied: user [bob]",
			}}}, new(*PermissionError),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := openFake(t, fakeMetastore(t, "4.0.1", func(method string, call int) (scripted, bool) {
				if method != "get_all_databases" {
					return scripted{}, false
				}
				if call == 0 {
					return tt.first, true
				}
				return good, true
			}))
			for i := range 2 {
				got, err := m.Schemas(t.Context())
				switch {
				case i == 0 && tt.as != nil:
					if !errors.As(err, tt.as) {
						t.Errorf("got %v, want a %T", err, tt.as)
					}
				case err != nil || !slices.Equal(got, []string{"a", "b"}):
					t.Errorf("call %d: got %v, %v, want a and b", i, got, err)
				}
			}
		})
	}
}

// stray is a reply with a number that no request has.
func stray(a scripted) []byte {
	return reply(wire.Header{Name: "get_all_databases", Seq: 99}, a.result)
}

// TestFailover: a server that is not there is left alone for a while, and named if there is no other.
func TestFailover(t *testing.T) {
	deadURI := "thrift://" + faultproxy.ClosedAddr(t)
	cfg := fakeMetastore(t, "4.0.1", func(method string, _ int) (scripted, bool) {
		// Each call wants a new connection.
		return scripted{result: &hms.ThriftHiveMetastoreGetAllDatabasesResult{}, hangUp: true}, method == "get_all_databases"
	})
	live := cfg.URIs[0]
	cfg.URIs = []string{deadURI, live}
	dials := map[string]int{}
	cfg.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		dials["thrift://"+addr]++
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	m := openFake(t, cfg)
	for range 3 {
		if _, err := m.Schemas(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if dials[deadURI] != 1 || dials[live] < 3 {
		t.Errorf("dialed %v, want %s once", dials, deadURI)
	}
	cfg.URIs = []string{deadURI, "thrift://nowhere.invalid"}
	var unreachable *UnreachableError
	if _, err := openFake(t, cfg).Schemas(t.Context()); !errors.As(err, &unreachable) || len(unreachable.Tries) != 2 || !strings.Contains(err.Error(), "HiveServer") {
		t.Errorf("got %v, want two tries, and that there is another way", err)
	}
}

// TestContext: a caller who leaves is not held up, and the next one gets an answer.
func TestContext(t *testing.T) {
	m := openFake(t, fakeMetastore(t, "4.0.1", func(method string, call int) (scripted, bool) {
		if method == "get_all_databases" && call == 0 {
			return scripted{}, true // silence
		}
		return scripted{result: &hms.ThriftHiveMetastoreGetAllDatabasesResult{}}, method == "get_all_databases"
	}))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := m.Schemas(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	if _, err := m.Schemas(t.Context()); err != nil {
		t.Error(err)
	}
	m.Close()
	if _, err := m.Schemas(t.Context()); !errors.Is(err, errClosed) {
		t.Errorf("closed: got %v, want %v", err, errClosed)
	}
}

// TestDescribeStops: a caller who has enough leaves no goroutine behind.
func TestDescribeStops(t *testing.T) {
	cfg := fakeMetastore(t, "2.3.10", func(method string, call int) (scripted, bool) {
		switch method {
		case "get_database":
			return aDatabase, true
		case "get_table_objects_by_name_req":
			return someTables(fmt.Sprint("t", call)), true
		case "get_primary_keys":
			return scripted{result: &hms.ThriftHiveMetastoreGetPrimaryKeysResult{}}, true
		}
		return scripted{}, false
	})
	cfg.Batch, cfg.Progress = 1, func(p Progress) {
		if p.Total != 50 || p.Done != 1 || p.Schema != "db" || p.Table != "" {
			t.Errorf("got the progress %+v", p)
		}
	}
	var names []string
	for i := range 50 {
		names = append(names, fmt.Sprint("t", i))
	}
	seen := 0
	for info, err := range openFake(t, cfg).Describe(t.Context(), "db", names...) {
		if err != nil || info.Name != names[seen] {
			t.Fatalf("got %v, %v, want %s", info, err, names[seen])
		}
		if seen++; seen == 2 {
			break
		}
	}
}

func TestMetastoreConfig(t *testing.T) {
	tests := []struct {
		name string
		cfg  MetastoreConfig
		want string // the field that is wrong
	}{
		{"nothing said", MetastoreConfig{}, ""},
		{"a list", MetastoreConfig{URIs: []string{"thrift://a", "http://b:1/x"}}, ""},
		{"no URI", MetastoreConfig{URIs: []string{"a:9083"}}, "URIs"},
		{"no host", MetastoreConfig{URIs: []string{"thrift://"}}, "URIs"},
		{"another protocol", MetastoreConfig{URIs: []string{"hive://a"}}, "URIs"},
		{"a path", MetastoreConfig{URIs: []string{"thrift://a/b"}}, "URIs"},
		{"a secret in the URI", MetastoreConfig{URIs: []string{"thrift://u:secret@a"}}, "URIs"},
		{"another login", MetastoreConfig{Auth: "browser"}, "Auth"},
		{"Kerberos", MetastoreConfig{Auth: MetastoreKerberos, Kerberos: hive.KerberosConfig{Principal: "hive/_HOST"}}, ""},
		{"Kerberos without a principal", MetastoreConfig{Auth: MetastoreKerberos}, "Kerberos"},
		{"Kerberos that is not asked for", MetastoreConfig{Kerberos: hive.KerberosConfig{Principal: "hive/_HOST"}}, "Kerberos"},
		{"Kerberos over HTTP", MetastoreConfig{URIs: []string{"http://a"}, Auth: MetastoreKerberos, Kerberos: hive.KerberosConfig{Principal: "hive/_HOST"}}, "Auth"},
		{"a delegation token", MetastoreConfig{Auth: MetastoreDelegation, Token: "AAAAAA", Kerberos: hive.KerberosConfig{QOP: "auth"}}, ""},
		{"no delegation token", MetastoreConfig{Auth: MetastoreDelegation, Token: "secret"}, "Token"},
		{"a delegation token and Kerberos", MetastoreConfig{Auth: MetastoreDelegation, Token: "AAAAAA", Kerberos: hive.KerberosConfig{Keytab: "k"}}, "Kerberos"},
		{"no password", MetastoreConfig{Auth: MetastorePlain, User: "a"}, "Password"},
		{"a password over HTTP", MetastoreConfig{URIs: []string{"http://a"}, Auth: MetastorePlain, User: "a", Password: "secret"}, "Auth"},
		{"no token", MetastoreConfig{Auth: MetastoreToken}, "Token"},
		{"a token over TCP", MetastoreConfig{Auth: MetastoreToken, Token: "secret"}, "Auth"},
		{"no connection", MetastoreConfig{Connections: -1}, "Connections"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := OpenMetastore(tt.cfg)
			var wrong *ConfigError
			switch {
			case tt.want == "" && err == nil:
				m.Close()
			case tt.want == "" || !errors.As(err, &wrong) || wrong.Field != tt.want || strings.Contains(err.Error(), "secret"):
				t.Errorf("got %v, want an error about %q that tells no secret", err, tt.want)
			}
			if text := fmt.Sprintf("%+v %#v", tt.cfg, tt.cfg); tt.name != "a secret in the URI" && strings.Contains(text, "secret") {
				t.Errorf("printed as %s", text)
			}
		})
	}
	if cfg, err := ParseMetastore(" thrift://a:1, http://b "); err != nil || !slices.Equal(cfg.URIs, []string{"thrift://a:1", "http://b"}) {
		t.Errorf("parsed: got %v, %v", cfg.URIs, err)
	}
	if _, err := ParseMetastore(" , "); err == nil {
		t.Error("parsed without an URI")
	}
}

func TestNoConstraints(t *testing.T) {
	cfg := fakeMetastore(t, "4.0.1", func(method string, _ int) (scripted, bool) {
		switch method {
		case "get_database":
			return aDatabase, true
		case "get_table_objects_by_name_req":
			return someTables("a"), true
		case "get_all_table_constraints":
			t.Error("constraints were asked for")
		}
		return scripted{}, false
	})
	cfg.NoConstraints = true
	if got := describeAll(openFake(t, cfg), "a"); !slices.Equal(got, []string{"a0"}) {
		t.Errorf("got %v, want a", got)
	}
}

// TestPace: the first requests are small, and those that follow as large as replies of a good size allow.
func TestPace(t *testing.T) {
	names := make([]string, 20_000)
	for _, tt := range []struct {
		name               string
		octets, partitions int
		want               []int
	}{
		{"no reply yet", 0, 0, []int{200, 200, 200}},
		{"of 1 KiB", 1024 * 100, 100, []int{200, 767, 767}},
		{"of 20 KiB", 20 << 20, 1024, []int{200, 38, 38}},
		{"tiny", 100, 100, []int{200, 5000, 5000}},
		{"huge", 8 << 20, 1, []int{200, 1, 1}},
		{"none found", 100, 0, []int{200, 200, 200}},
	} {
		p := &pace{}
		var got []int
		for chunk := range p.chunks(names) {
			p.read(tt.octets, tt.partitions)
			if got = append(got, len(chunk)); len(got) == len(tt.want) {
				break
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
	total := 0
	for chunk := range (&pace{}).chunks(names) {
		total += len(chunk)
	}
	if total != len(names) {
		t.Errorf("got %d names, want %d", total, len(names))
	}
}

func TestPartitionNames(t *testing.T) {
	for want, values := range map[string][]string{
		"a=1/b=x":                          {"1", "x"},
		"a=%3D%2F b%25/b=%22%27%5C":        {"=/ b%", `"'\`},
		"a=__HIVE_DEFAULT_PARTITION__/b=ü": {"", "ü"},
		"a=%01%7F%5E%5B%5D%7B}/b=.":        {"\x01\x7f^[]{}", "."},
	} {
		if got := partitionName([]string{"a", "B"}, values); got != want {
			t.Errorf("%q: got %q, want %q", values, got, want)
		}
	}
	values := partitionValues([]string{"__HIVE_DEFAULT_PARTITION__", "x"})
	if values[0].Valid || !values[1].Valid || values[1].String != "x" {
		t.Errorf("got %v, want NULL and x", values)
	}
}

func TestDecimalText(t *testing.T) {
	for want, d := range map[any]*hms.Decimal{
		nil:        nil,
		"123.456":  {Unscaled: []byte{1, 226, 64}, Scale: 3},
		"-0.255":   {Unscaled: []byte{0xff, 1}, Scale: 3},
		"-1":       {Unscaled: []byte{0xff}},
		"0.00":     {Unscaled: []byte{0}, Scale: 2},
		"12700":    {Unscaled: []byte{127}, Scale: -2},
		"0.000127": {Unscaled: []byte{127}, Scale: 6},
	} {
		if got := decimalText(d); got != want {
			t.Errorf("%v: got %v, want %v", d, got, want)
		}
	}
}

// TestDroppedMeanwhile: a table that goes between two calls is missing, as it is before the first one.
func TestDroppedMeanwhile(t *testing.T) {
	gone := &hms.NoSuchObjectException{Message: "db.t table not found"}
	table := &hms.Table{DbName: "db", TableName: "t", PartitionKeys: []*hms.FieldSchema{{Name: "p", Type: "int"}}, Sd: &hms.StorageDescriptor{
		Cols: []*hms.FieldSchema{{Name: "i", Type: "int"}},
	}}
	names := scripted{result: &hms.ThriftHiveMetastoreGetPartitionNamesResult{Success: []string{"p=1"}}}
	answers := map[string]scripted{
		"get_table_objects_by_name_req": {result: &hms.ThriftHiveMetastoreGetTableObjectsByNameReqResult{
			Success: &hms.GetTablesResult_{Tables: []*hms.Table{table}},
		}},
		"get_partition_names":           {result: &hms.ThriftHiveMetastoreGetPartitionNamesResult{O1: gone}},
		"get_partition_values":          {result: &hms.ThriftHiveMetastoreGetPartitionValuesResult{O2: gone}},
		"get_num_partitions_by_filter":  {result: &hms.ThriftHiveMetastoreGetNumPartitionsByFilterResult{O2: gone}},
		"get_partitions_by_names":       {result: &hms.ThriftHiveMetastoreGetPartitionsByNamesResult{O2: gone}},
		"get_table_statistics_req":      {result: &hms.ThriftHiveMetastoreGetTableStatisticsReqResult{O1: gone}},
		"get_partitions_statistics_req": {result: &hms.ThriftHiveMetastoreGetPartitionsStatisticsReqResult{O1: gone}},
	}
	last := func(all iter.Seq2[Partition, error]) (err error) {
		for _, err = range all {
		}
		return err
	}
	for _, tt := range []struct {
		name  string
		named bool // the names of its partitions are told
		ask   func(context.Context, *Metastore) error
	}{
		{"names", false, func(ctx context.Context, m *Metastore) error {
			_, err := m.PartitionNames(ctx, "db", "t", "")
			return err
		}},
		{"names by a filter", false, func(ctx context.Context, m *Metastore) error {
			_, err := m.PartitionNames(ctx, "db", "t", "p = 1")
			return err
		}},
		{"number", false, func(ctx context.Context, m *Metastore) error {
			_, err := m.PartitionCount(ctx, "db", "t", "")
			return err
		}},
		{"partitions, before the names", false, func(ctx context.Context, m *Metastore) error { return last(m.Partitions(ctx, "db", "t", "")) }},
		{"partitions, behind the names", true, func(ctx context.Context, m *Metastore) error { return last(m.Partitions(ctx, "db", "t", "")) }},
		{"statistics", false, func(ctx context.Context, m *Metastore) error { _, err := m.Statistics(ctx, "db", "t"); return err }},
		{"statistics of partitions", true, func(ctx context.Context, m *Metastore) (err error) {
			for _, err = range m.PartitionStatistics(ctx, "db", "t", "p=1") {
			}
			return err
		}},
	} {
		m := openFake(t, fakeMetastore(t, "3.1.3", func(method string, _ int) (scripted, bool) {
			if tt.named && method == "get_partition_names" {
				return names, true
			}
			a, ok := answers[method]
			return a, ok
		}))
		var none *schema.NoTableError
		if err := tt.ask(t.Context(), m); !errors.As(err, &none) || none.Schema != "db" || none.Name != "t" {
			t.Errorf("%s: got %v, a %[2]T, want a %T", tt.name, err, none)
		}
	}
}
