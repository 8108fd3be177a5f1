package integration

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beltran/gohive"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/peers"
	"github.com/skep-go/skep/integration/internal/samples"
)

// peer opens a cursor of gohive.
func peer(t *testing.T, srv *hivetest.Server) *gohive.Cursor {
	t.Helper()
	conn := peers.Gohive(t, live.Config(t, srv), 10)
	cursor := conn.Cursor()
	t.Cleanup(func() {
		cursor.Close()
		if err := conn.Close(); err != nil {
			t.Errorf("closing gohive: %v", err)
		}
	})
	return cursor
}

// TestPeer: gohive sees the same names, types and values as this client, for every statement and type.
func TestPeer(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		var texts []string
		for i, v := range samples.On(srv) {
			texts = append(texts, fmt.Sprintf("if(i %% 7 = 3, null, %s) as c%d", v.Text, i))
		}
		for i, n := range nestedOn(srv) {
			if n.kind != hive.KindUnion { // which IF does not take
				texts = append(texts, fmt.Sprintf("if(i %% 7 = 3, null, %s) as n%d", n.text, i))
			}
		}
		statements := []string{
			"select " + strings.Join(texts, ",\n") + " from " + live.Series(25),
			"select i from " + live.Series(101),
			"select i from " + live.Series(1) + " where i < 0",
			"show databases",
			"describe function abs",
			"set hive.exec.reducers.max",
			"create table if not exists peer_rows (a int, b string)",
			"describe peer_rows",
			"insert into peer_rows select 1, 'x'",
			"show functions like 'abs'",
		}
		cursor, s := peer(t, srv), live.Connect(t, live.Config(t, srv))
		for _, statement := range statements {
			compare(t, statement, cursor, s)
		}
	})
}

func compare(t *testing.T, statement string, cursor *gohive.Cursor, s *hive.Session) {
	t.Helper()
	if cursor.Exec(t.Context(), statement); cursor.Err != nil {
		t.Fatalf("gohive, %s: %v", statement, cursor.Err)
	}
	rows := 0
	batches(t, s, statement, hive.Options{FetchSize: 10}, func(b *hive.Batch) {
		if rows == 0 {
			checkDescription(t, statement, cursor.Description(), b.Columns())
		}
		for row := range b.Len() {
			if !cursor.HasMore(t.Context()) {
				t.Fatalf("%s: gohive ends at row %d, %v", statement, rows, cursor.Err)
			}
			targets := make([]any, len(b.Columns()))
			for i, c := range b.Columns() {
				targets[i] = peerTarget(c.Type.Kind)
			}
			if cursor.FetchOne(t.Context(), targets...); cursor.Err != nil {
				t.Fatalf("gohive, %s, row %d: %v", statement, rows, cursor.Err)
			}
			for i, c := range b.Columns() {
				ours, err := b.Value(row, i)
				if err != nil {
					t.Fatal(err)
				}
				theirs, err := peerValue(c.Type.Kind, targets[i])
				if err != nil || !samePeer(ours, theirs) {
					t.Errorf("row %d, column %s %s: got %#v, gohive has %#v, %v", rows, c.Name, c.Type, ours, theirs, err)
				}
			}
			rows++
		}
	})
	if rows > 0 && cursor.HasMore(t.Context()) {
		t.Errorf("%s: gohive has more than %d rows", statement, rows)
	}
}

func checkDescription(t *testing.T, statement string, theirs [][]string, ours []hive.Column) {
	t.Helper()
	if len(theirs) != len(ours) {
		t.Fatalf("%s: got %d columns, gohive has %d", statement, len(ours), len(theirs))
	}
	// gohive shows the names of TTypeId.
	special := map[hive.Kind]string{hive.KindUnion: "UNION", hive.KindTimestampLocalTZ: "TIMESTAMPLOCALTZ", hive.KindNull: "NULL"}
	for i, c := range ours {
		want := special[c.Type.Kind]
		if want == "" {
			want = strings.ToUpper(c.Type.Kind.String())
		}
		if theirs[i][0] != c.Name || theirs[i][1] != want+"_TYPE" {
			t.Errorf("%s: column %d is %s %s, gohive has %v", statement, i, c.Name, c.Type, theirs[i])
		}
	}
}

// peerTarget is what gohive fetches a type into, so that it tells NULL from zero.
func peerTarget(kind hive.Kind) any {
	switch kind {
	case hive.KindBoolean:
		return new(*bool)
	case hive.KindTinyInt:
		return new(*int8)
	case hive.KindSmallInt:
		return new(*int16)
	case hive.KindInt:
		return new(*int32)
	case hive.KindBigInt:
		return new(*int64)
	case hive.KindFloat, hive.KindDouble:
		return new(*float64)
	case hive.KindBinary:
		return new([]byte)
	}
	return new(*string)
}

// peerValue is what gohive fetched as the value that this client makes of it; what it leaves as text is read by package
// time, or by the type's own reader where Go has no other.
func peerValue(kind hive.Kind, target any) (any, error) {
	switch p := target.(type) {
	case **bool:
		return deref(*p), nil
	case **int8:
		return deref(*p), nil
	case **int16:
		return deref(*p), nil
	case **int32:
		return deref(*p), nil
	case **int64:
		return deref(*p), nil
	case **float64:
		if kind == hive.KindFloat && *p != nil {
			return float32(**p), nil
		}
		return deref(*p), nil
	case *[]byte:
		if *p == nil {
			return nil, nil
		}
		return *p, nil
	}
	text := *target.(**string)
	if text == nil {
		return nil, nil
	}
	switch kind {
	case hive.KindDecimal:
		return hive.ParseDecimal(*text)
	case hive.KindDate:
		return hive.ParseDate(*text)
	case hive.KindTimestamp:
		return time.Parse(time.DateTime, *text)
	case hive.KindTimestampLocalTZ:
		clock, zone, _ := strings.Cut(*text, " Etc/")
		return time.Parse(time.DateTime+" MST", clock+" "+zone)
	case hive.KindIntervalYearMonth:
		return hive.ParseIntervalYearMonth(*text)
	case hive.KindIntervalDayTime:
		return hive.ParseIntervalDayTime(*text)
	}
	return *text, nil
}

func deref[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// samePeer compares our value with gohive's.
func samePeer(ours, theirs any) bool {
	if n, ok := ours.(hive.Nested); ok {
		return n.Raw == theirs
	}
	return samples.Same(ours, theirs)
}
