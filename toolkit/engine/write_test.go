package engine

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/schema"
)

func written(t *testing.T) *Frozen {
	t.Helper()
	frozen, err := NewFrozen([]Column{
		{Name: "id", Type: schema.BigInt},
		{Name: "name"},
		{Name: "fare", Type: schema.Numeric(20, 2)},
		{Name: "day", Type: schema.Date},
		{Name: "at", Type: schema.Timestamp},
		{Name: "raw"},
		{Name: "x"},
	},
		[]any{int64(9007199254740993), "Größe, \"x\"", schema.Decimal("12345678901234567.50"), date, noon, []byte{0, 255}, 0.1},
		[]any{nil, "", nil, nil, nil, nil, math.NaN()},
		[]any{int64(-1), "two\nlines\t<&>", schema.Decimal("+.5"), date, noon, []byte{}, 1e21},
	)
	if err != nil {
		t.Fatal(err)
	}
	return frozen
}

func TestWriteTable(t *testing.T) {
	var out strings.Builder
	if err := written(t).Result().WriteTable(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	for i, want := range []string{
		`              id  name                             fare  day         at                             raw       x`,
		`----------------  ---------------  --------------------  ----------  -----------------------------  ----  -----`,
		`9007199254740993  Größe, "x"       12345678901234567.50  2013-01-02  2013-01-02 12:00:00.000000005  AP8=    0.1`,
		`            NULL                                   NULL  NULL        NULL                           NULL    NaN`,
		`              -1  two\nlines\t<&>                   +.5  2013-01-02  2013-01-02 12:00:00.000000005        1e+21`,
		``,
	} {
		if lines[i] != want {
			t.Errorf("line %d:\n got %q\nwant %q", i, lines[i], want)
		}
	}
	// A row that is wider than those that were looked at is whole.
	out.Reset()
	long := &sliceSource{two, [][]any{{int64(1), "a"}, {int64(2), "b"}, {int64(1000), "c"}}}
	if err := newResult(long, nil, Options{FetchSize: 2}, nil).WriteTable(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if want := "id  name\n--  ----\n 1  a\n 2  b\n1000  c\n"; out.String() != want {
		t.Errorf("\n got %q\nwant %q", out.String(), want)
	}
}

func TestWriteCSV(t *testing.T) {
	for _, tt := range []struct {
		name string
		o    CSV
		want string
	}{
		{"plain", CSV{}, "id,name,fare,day,at,raw,x\n" +
			"9007199254740993,\"Größe, \"\"x\"\"\",12345678901234567.50,2013-01-02,2013-01-02 12:00:00.000000005,AP8=,0.1\n" +
			",\"\",,,,,NaN\n" +
			"-1,\"two\nlines\t<&>\",+.5,2013-01-02,2013-01-02 12:00:00.000000005,\"\",1e+21\n"},
		{"other", CSV{NoHeader: true, Comma: '\t', Null: "NaN"}, "9007199254740993\t\"Größe, \"\"x\"\"\"\t12345678901234567.50\t2013-01-02\t2013-01-02 12:00:00.000000005\tAP8=\t0.1\n" +
			"NaN\t\"\"\tNaN\tNaN\tNaN\tNaN\t\"NaN\"\n" +
			"-1\t\"two\nlines\t<&>\"\t+.5\t2013-01-02\t2013-01-02 12:00:00.000000005\t\"\"\t1e+21\n"},
	} {
		var out strings.Builder
		if err := written(t).Result().WriteCSV(t.Context(), &out, tt.o); err != nil {
			t.Fatal(err)
		}
		if out.String() != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, out.String(), tt.want)
		}
		r := csv.NewReader(strings.NewReader(out.String()))
		if tt.o.Comma != 0 {
			r.Comma = tt.o.Comma
		}
		if records, err := r.ReadAll(); err != nil || records[len(records)-1][1] != "two\nlines\t<&>" {
			t.Errorf("%s: a reader gets %q, error %v", tt.name, records, err)
		}
	}
	var out strings.Builder
	if err := newResult(numbered(0), nil, Options{}, nil).WriteCSV(t.Context(), &out, CSV{}); err != nil || out.String() != "id,name\n" {
		t.Errorf("of no rows: got %q, error %v", out.String(), err)
	}
}

func TestWriteJSON(t *testing.T) {
	var out strings.Builder
	if err := written(t).Result().WriteJSON(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	want := `{"id":9007199254740993,"name":"Größe, \"x\"","fare":12345678901234567.50,"day":"2013-01-02","at":"2013-01-02 12:00:00.000000005","raw":"AP8=","x":0.1}
{"id":null,"name":"","fare":null,"day":null,"at":null,"raw":null,"x":"NaN"}
{"id":-1,"name":"two\nlines\t<&>","fare":"+.5","day":"2013-01-02","at":"2013-01-02 12:00:00.000000005","raw":"","x":1e+21}
`
	if out.String() != want {
		t.Errorf("\n got %s\nwant %s", out.String(), want)
	}
	for line := range strings.Lines(out.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("this is not JSON: %s", line)
		}
	}
	var ambiguous *AmbiguousError
	if err := of("t.a", 1, "u.a", 2).WriteJSON(t.Context(), &out); !errors.As(err, &ambiguous) {
		t.Errorf("two names: got error %v", err)
	}
	var value *ValueError
	if err := of("a", "\xff").WriteJSON(t.Context(), &out); !errors.As(err, &value) || value.Row != 1 {
		t.Errorf("not UTF-8: got error %v", err)
	}
}

// TestWriteErrors: what came before an error is written, and no error is lost.
func TestWriteErrors(t *testing.T) {
	writers := map[string]func(*Result, *strings.Builder) error{
		"table": func(r *Result, out *strings.Builder) error { return r.WriteTable(t.Context(), out) },
		"csv":   func(r *Result, out *strings.Builder) error { return r.WriteCSV(t.Context(), out, CSV{}) },
		"json":  func(r *Result, out *strings.Builder) error { return r.WriteJSON(t.Context(), out) },
	}
	for name, write := range writers {
		src, out := numbered(3), &strings.Builder{}
		src.fault = errors.New("the wire is cut")
		if err := write(newResult(src, nil, Options{}, nil), out); err != src.fault || !strings.Contains(out.String(), "c") {
			t.Errorf("%s: got error %v behind %q", name, err, out)
		}
		if err := write(newResult(affected(1), nil, Options{}, nil), out); err != ErrNoResult {
			t.Errorf("%s: of no result: got error %v", name, err)
		}
	}
	if err := newResult(numbered(3), nil, Options{}, nil).WriteJSON(t.Context(), fullDisk{}); err != errFull {
		t.Errorf("a writer that is full: got error %v", err)
	}
}

var errFull = errors.New("no space left")

// fullDisk is a writer that takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

// TestTimes: an instant tells its zone.
func TestTimes(t *testing.T) {
	at := time.Date(2013, 1, 2, 12, 0, 0, 0, time.FixedZone("", 3600))
	if got := text(at, schema.TimestampTZ); got != "2013-01-02T12:00:00+01:00" {
		t.Errorf("got %s", got)
	}
	if got := text(at, schema.Timestamp); got != "2013-01-02 12:00:00" {
		t.Errorf("got %s", got)
	}
}

// TestCSVRoundTrip: what stands between commas is what was there, and NULL is no text.
func TestCSVRoundTrip(t *testing.T) {
	parts := []string{"", "a", `"`, ",", "\n", " ", "NULL", "ü", ";", `\N`}
	for seed := range uint64(500) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		src := &sliceSource{head: two}
		var want [][]string
		for range rnd.IntN(5) {
			row, texts := make([]any, 2), make([]string, 2)
			for i := range row {
				if texts[i] = "NULL"; rnd.IntN(4) == 0 {
					continue
				}
				texts[i] = "'"
				text := ""
				for range rnd.IntN(4) {
					text += parts[rnd.IntN(len(parts))]
				}
				row[i], texts[i] = text, "'"+text
			}
			src.rows, want = append(src.rows, row), append(want, texts)
		}
		var out strings.Builder
		if err := newResult(src, nil, Options{}, nil).WriteCSV(t.Context(), &out, CSV{NoHeader: true, Null: "NULL", Comma: ';'}); err != nil {
			t.Fatal(err)
		}
		if got := readCSV(out.String()); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: %q:\n got %q\nwant %q", seed, out.String(), got, want)
		}
	}
}

// readCSV reads a text with semicolons as servers do, for which NULL is not "NULL". Texts begin with a '.
func readCSV(s string) (rows [][]string) {
	for s != "" {
		var row []string
		for end := byte(0); end != '\n'; {
			cell, quoted := "", strings.HasPrefix(s, `"`)
			for quoted && strings.HasPrefix(s, `"`) {
				text, rest, _ := strings.Cut(s[1:], `"`)
				cell += text
				if s = rest; strings.HasPrefix(s, `"`) {
					cell += `"`
				}
			}
			if !quoted {
				n := strings.IndexAny(s, ";\n")
				cell, s = s[:n], s[n:]
			}
			if quoted || cell != "NULL" {
				cell = "'" + cell
			}
			row, end, s = append(row, cell), s[0], s[1:]
		}
		rows = append(rows, row)
	}
	return rows
}
