package engine

import (
	"database/sql"
	"errors"
	"math"
	"math/big"
	"reflect"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/schema"
)

// of is a result of one row: names and values in turn.
func of(pairs ...any) *Result {
	src := &sliceSource{rows: [][]any{nil}}
	for i := 0; i < len(pairs); i += 2 {
		src.head = append(src.head, Column{Name: pairs[i].(string)})
		src.rows[0] = append(src.rows[0], pairs[i+1])
	}
	return newResult(src, nil, Options{}, nil)
}

type carrier string

// upper is a Scanner, for which NULL is a value, too.
type upper struct{ s string }

func (u *upper) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		u.s = "NULL"
	case string:
		u.s = "<" + v + ">"
	case time.Time:
		u.s = v.Format(time.DateOnly)
	default:
		return errors.New("not text")
	}
	return nil
}

// getCase calls Get with a type.
type getCase struct {
	name string
	v    any
	want any // nil: an error
	get  func(row Row) (any, error)
}

func get[T any](name string, v, want any) getCase {
	return getCase{name, v, want, func(row Row) (any, error) {
		t, err := Get[T](row, 0)
		return t, err
	}}
}

var (
	noon   = time.Date(2013, 1, 2, 12, 0, 0, 5, time.UTC)
	day    = time.Date(2013, 1, 2, 0, 0, 0, 0, time.UTC)
	date   = schema.CivilDate{Year: 2013, Month: 1, Day: 2}
	united = carrier("UA")
	seven  = int64(7)
	gets   = []getCase{
		get[int64]("int64", seven, seven),
		get[int]("int", seven, 7),
		get[int32]("int32", seven, int32(7)),
		get[int8]("int8", int64(127), int8(127)),
		get[int8]("int8 too large", int64(128), nil),
		get[int16]("int16 too small", int64(-32769), nil),
		get[uint64]("uint64", seven, uint64(7)),
		get[uint64]("uint64 of much", "18446744073709551615", uint64(math.MaxUint64)),
		get[uint64]("uint64 of less than nothing", int64(-1), nil),
		get[uint8]("uint8", seven, uint8(7)),
		get[uint8]("uint8 too large", int64(256), nil),
		get[int64]("int64 of a text", "-7", int64(-7)),
		get[int64]("int64 of a whole float", 7.0, seven),
		get[int64]("int64 of a part", 7.5, nil),
		get[int64]("int64 of NaN", math.NaN(), nil),
		get[int64]("int64 of 2^63", 9223372036854775808.0, nil),
		get[int64]("int64 of words", "seven", nil),
		get[int64]("int64 of a decimal", schema.Decimal("12"), int64(12)),
		get[int64]("int64 of a bool", true, nil),
		get[float64]("float64", 0.1, 0.1),
		get[float64]("float64 of an int64", seven, 7.0),
		get[float64]("float64 of too many digits", int64(1)<<53+1, nil),
		get[float64]("float64 of a decimal", schema.Decimal("0.10"), 0.1),
		get[float32]("float32", 0.5, float32(0.5)),
		get[float32]("float32 too large", 1e300, nil),
		get[string]("string", "", ""),
		get[string]("string of an int64", seven, "7"),
		get[string]("string of a decimal", schema.Decimal("12.50"), "12.50"),
		get[string]("string of a date", date, "2013-01-02"),
		get[string]("string of a float64", 0.1, "0.1"),
		get[carrier]("named string", "UA", carrier("UA")),
		get[time.Duration]("named int64", seven, time.Duration(7)),
		get[bool]("bool", false, false),
		get[bool]("bool of a number", int64(1), true),
		get[bool]("bool of two", int64(2), nil),
		get[time.Time]("time", noon, noon),
		get[time.Time]("time of a date", date, day),
		get[time.Time]("time of a text", "2013-01-02 12:00:00.000000005", noon),
		get[schema.CivilDate]("date", day, date),
		get[schema.CivilDate]("date of noon", noon, nil),
		get[schema.CivilDate]("date of a text", "2013-01-02", date),
		get[schema.Decimal]("decimal", "12.50", schema.Decimal("12.50")),
		get[schema.Decimal]("decimal of words", "much", nil),
		get[[]byte]("bytes", []byte{0}, []byte{0}),
		get[[]byte]("bytes of NULL", nil, []byte(nil)),
		get[any]("any", seven, seven),
		get[string]("NULL in a string", nil, nil),
		get[carrier]("NULL in a named string", nil, nil),
		get[*int64]("pointer", seven, &seven),
		get[*int64]("pointer to NULL", nil, (*int64)(nil)),
		get[*carrier]("pointer to a named string", "UA", &united),
		get[sql.Null[schema.CivilDate]]("sql.Null", day, sql.Null[schema.CivilDate]{V: date, Valid: true}),
		get[sql.Null[carrier]]("sql.Null of NULL", nil, sql.Null[carrier]{}),
		get[sql.Null[int8]]("sql.Null too large", int64(128), nil),
		get[sql.NullString]("sql.NullString", "UA", sql.NullString{String: "UA", Valid: true}),
		get[sql.NullString]("sql.NullString of a decimal", schema.Decimal("1.0"), sql.NullString{String: "1.0", Valid: true}),
		get[upper]("a Scanner", "ua", upper{"<ua>"}),
		get[upper]("a Scanner of NULL", nil, upper{"NULL"}),
		get[upper]("a Scanner of a date", date, upper{"2013-01-02"}),
		get[upper]("a Scanner's error", seven, nil),
		get[big.Int]("a struct", seven, nil),
		get[[]int]("a slice", seven, nil),
	}
)

func TestGet(t *testing.T) {
	for _, tt := range gets {
		row, err := of("x", tt.v).One(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, err := tt.get(row)
		if (err != nil) != (tt.want == nil) {
			t.Errorf("%s: got %#v, error %v; want %#v", tt.name, got, err, tt.want)
		} else if err == nil && !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %#v, want %#v", tt.name, got, tt.want)
		}
	}
}

func TestGetErrors(t *testing.T) {
	row, err := of("t.delay", nil, "n", "seven", "b", []byte("bytes")).One(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = Get[float64](row, "delay")
	var null *NullError
	if want := `engine: column "delay" of row 1 is NULL, which float64 cannot be; take a *float64 or an sql.Null[float64]`; !errors.As(err, &null) || err.Error() != want {
		t.Errorf("\n got %v\nwant %s", err, want)
	}
	_, err = Get[int](row, "n")
	var value *ValueError
	if want := `engine: column "n" of row 1: a value of type string does not become a int: invalid syntax`; !errors.As(err, &value) || err.Error() != want {
		t.Errorf("\n got %v\nwant %s", err, want)
	}
	b, err := Get[[]byte](row, "b")
	if err != nil {
		t.Fatal(err)
	}
	b[0] = 'B'
	if again, err := Get[string](row, "b"); again != "bytes" || err != nil {
		t.Errorf("the row changed with the bytes that it gave: %q, error %v", again, err)
	}
}

func TestScan(t *testing.T) {
	row, err := of("id", seven, "name", "UA", "x", nil).One(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var id int
	var name string
	var x *float64
	if err := Scan(row, &id, &name, &x); err != nil || id != 7 || name != "UA" || x != nil {
		t.Errorf("got %d, %q, %v, error %v", id, name, x, err)
	}
	var width *WidthError
	if err := Scan(row, &id); !errors.As(err, &width) {
		t.Errorf("Scan of one: got error %v", err)
	}
	var null *NullError
	if err := Scan(row, &id, &name, &name); !errors.As(err, &null) || null.Column != "x" {
		t.Errorf("Scan of NULL: got error %v", err)
	}
	var fields *FieldsError
	for _, dest := range []any{id, nil, (*int)(nil), new(chan int)} {
		if err := Scan(row, dest, &name, &x); !errors.As(err, &fields) {
			t.Errorf("Scan into %T: got error %v", dest, err)
		}
	}
}

// base is a part of other structs.
type base struct{ ID int64 }

// Plane is one that others reach by a pointer.
type Plane struct {
	TailNum string
	Seats   *int `db:"n_seats"`
}

type flight struct {
	base
	*Plane
	Carrier  carrier `db:"Code"`
	DepDelay sql.Null[float64]
	Day      schema.CivilDate
	Seen     time.Time `db:"-"`
	note     string
}

func TestStructs(t *testing.T) {
	src := &sliceSource{
		[]Column{{Name: "f.day"}, {Name: "f.code"}, {Name: "dep_delay"}, {Name: "p.n_seats"}, {Name: "p.tail_num"}, {Name: "f.ID"}},
		[][]any{{day, "UA", 1.5, int64(150), "N1", int64(1)}, {day, "AA", nil, nil, "N2", int64(2)}},
	}
	frozen, err := newResult(src, nil, Options{}, nil).Freeze(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seats := 150
	want := []flight{
		{base{1}, &Plane{"N1", &seats}, "UA", sql.Null[float64]{V: 1.5, Valid: true}, date, time.Time{}, ""},
		{base{2}, &Plane{"N2", nil}, "AA", sql.Null[float64]{}, date, time.Time{}, ""},
	}
	if got, err := All[flight](t.Context(), frozen.Result()); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, error %v; want %+v", got, err, want)
	}
	pointers, err := All[*flight](t.Context(), frozen.Result())
	if err != nil || len(pointers) != 2 || !reflect.DeepEqual(*pointers[1], want[1]) || pointers[0] == pointers[1] {
		t.Errorf("pointers: got %+v, error %v", pointers, err)
	}
	if _, err := One[flight](t.Context(), frozen.Result()); !errors.Is(err, ErrMultipleRows) {
		t.Errorf("One: got error %v", err)
	}
	var n int
	for f, err := range Into[flight](frozen.Result()).Rows() {
		if err != nil || f.ID != want[n].ID {
			t.Errorf("Rows: got %+v, error %v", f, err)
		}
		n++
	}
	maps, err := All[map[string]any](t.Context(), frozen.Result().Columns("code", "n_seats"))
	if err != nil || !reflect.DeepEqual(maps, []map[string]any{{"code": "UA", "n_seats": int64(150)}, {"code": "AA", "n_seats": nil}}) {
		t.Errorf("maps: got %v, error %v", maps, err)
	}
	// The NULL of the second row comes with what was read before it, and ends the result.
	r := frozen.Result().Columns("n_seats")
	numbers, err := All[int](t.Context(), r)
	var null *NullError
	if len(numbers) != 1 || !errors.As(err, &null) || null.Row != 2 || null.Column != "n_seats" {
		t.Errorf("numbers: got %v, error %v", numbers, err)
	}
	if _, again := r.All(t.Context()); again != err {
		t.Errorf("behind the error: got %v", again)
	}
}

func TestStructErrors(t *testing.T) {
	for _, tt := range []struct {
		name string
		all  func() error
		want string
	}{
		{"unmatched", func() error {
			_, err := All[struct{ A, B, C int }](t.Context(), of("a", 1, "x", 2, "y", 3))
			return err
		}, "engine: struct { A int; B int; C int }: no field is for the columns x, y, and no column is for the fields B, C; select what it needs, and leave fields out by db:\"-\""},
		{"twice", func() error {
			_, err := All[struct {
				A int
				B int `db:"a"`
			}](t.Context(), of("a", 1))
			return err
		}, "engine: struct { A int; B int \"db:\\\"a\\\"\" }: the fields A and B both want column \"a\""},
		{"no value", func() error {
			_, err := All[struct{ A chan int }](t.Context(), of("a", 1))
			return err
		}, "engine: struct { A chan int }: field A is a chan int, which no value becomes; leave it out by db:\"-\""},
		{"ambiguous", func() error {
			_, err := All[struct{ A int }](t.Context(), of("t.a", 1, "u.a", 2))
			return err
		}, "engine: the columns 0 (t.a), 1 (u.a) all go by the name \"a\"; take them by position or expression, or give them labels"},
		{"a map of two", func() error {
			_, err := All[map[string]any](t.Context(), of("t.a", 1, "u.a", 2))
			return err
		}, "engine: the columns 0 (t.a), 1 (u.a) all go by the name \"a\"; take them by position or expression, or give them labels"},
		{"a number of two columns", func() error {
			_, err := All[int](t.Context(), of("a", 1, "b", 2))
			return err
		}, "engine: the result has 2 columns, and 1 are wanted"},
		{"a channel", func() error {
			_, err := All[chan int](t.Context(), of("a", 1))
			return err
		}, "engine: chan int: a row does not become one; see engine.Into"},
		{"a scalar channel", func() error {
			_, err := Scalar[chan int](t.Context(), of("a", 1))
			return err
		}, "engine: chan int: a value does not become one; see engine.Get"},
	} {
		if err := tt.all(); err == nil || err.Error() != tt.want {
			t.Errorf("%s:\n got %v\nwant %s", tt.name, err, tt.want)
		}
	}
}

// TestTyped: what makes the values goes with the columns of the result when they change.
func TestTyped(t *testing.T) {
	r := newResult(numbered(5), nil, Options{}, nil)
	names := Scalars[string](r, "name")
	if list, err := names.FetchMany(t.Context(), 2); err != nil || !reflect.DeepEqual(list, []string{"a", "b"}) {
		t.Errorf("got %v, error %v", list, err)
	}
	r.Columns(0)
	if row, ok, err := r.Next(t.Context()); row.At(0) != "c" || !ok || err != nil {
		t.Errorf("got %v, error %v", row, err)
	}
	if name, ok, err := names.Next(t.Context()); name != "d" || !ok || err != nil {
		t.Errorf("got %v, error %v", name, err)
	}
	for list, err := range names.Partitions(5) {
		if err != nil || !reflect.DeepEqual(list, []string{"e"}) {
			t.Errorf("got %v, error %v", list, err)
		}
	}
	if list, err := names.All(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("at the end: got %v, error %v", list, err)
	}
	if err := names.Close(); err != nil || !r.Closed() {
		t.Errorf("Close: %v", err)
	}
}

// BenchmarkStructs is the way of a row into a struct.
func BenchmarkStructs(b *testing.B) {
	type shape struct {
		ID      int64
		Name    string
		Delay   *float64
		Day     schema.CivilDate
		Carrier carrier
	}
	columns := []Column{{Name: "id"}, {Name: "name"}, {Name: "delay"}, {Name: "day"}, {Name: "carrier"}}
	rows := make([][]any, 1000)
	for i := range rows {
		rows[i] = []any{int64(i), "name", 1.5, date, "UA"}
	}
	frozen, err := NewFrozen(columns, rows...)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, err := range Into[shape](frozen.Result()).Rows() {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(rows)), "ns/row")
}
