package engine

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/schema"
)

// vectors make values for a column, of which some are at the edges of what they become.
var vectors = []func(rnd *rand.Rand, n int) any{
	func(rnd *rand.Rand, n int) any { return several(n, func() bool { return rnd.IntN(2) == 0 }) },
	func(rnd *rand.Rand, n int) any { return several(n, func() int8 { return int8(rnd.Int()) }) },
	func(rnd *rand.Rand, n int) any { return several(n, func() int16 { return int16(rnd.IntN(300)) }) },
	func(rnd *rand.Rand, n int) any { return several(n, func() int32 { return int32(rnd.IntN(2)) }) },
	func(rnd *rand.Rand, n int) any {
		return several(n, func() int64 {
			return []int64{0, 1, 100, -1, 40000, math.MaxInt64, math.MinInt64, 1<<53 + 1}[rnd.IntN(8)]
		})
	},
	func(rnd *rand.Rand, n int) any {
		return several(n, func() float64 { return []float64{0, 1, 0.1, -2, 1e300, math.Inf(1), 1 << 62}[rnd.IntN(7)] })
	},
	func(rnd *rand.Rand, n int) any {
		return several(n, func() string {
			return []string{"", "12.50", "7", "-1", "x", "true", "2013-01-02", "1e400"}[rnd.IntN(8)]
		})
	},
	func(rnd *rand.Rand, n int) any {
		return several(n, func() []byte { return [][]byte{{}, []byte("7"), []byte("raw")}[rnd.IntN(3)] })
	},
	func(rnd *rand.Rand, n int) any {
		return several(n, func() time.Time { return []time.Time{day, noon, day.In(time.FixedZone("east", 0))}[rnd.IntN(3)] })
	},
	func(*rand.Rand, int) any { return nil },
}

func several[T any](n int, one func() T) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = one()
	}
	return list
}

// columnTypes are what a server may say of a column, right or wrong.
var columnTypes = []schema.Type{
	nil, nil, nil, schema.Boolean, schema.SmallInt, schema.BigInt, schema.Double, schema.String, schema.VarChar(9), schema.Numeric(9, 2),
	schema.Date, schema.Timestamp, schema.TimestampTZ, schema.Binary,
}

// fieldTypes are types of fields that are filled by columns.
var fieldTypes = []reflect.Type{
	reflect.TypeFor[bool](), reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[int16](), reflect.TypeFor[int32](),
	reflect.TypeFor[int64](), reflect.TypeFor[uint](), reflect.TypeFor[uint8](), reflect.TypeFor[uint16](), reflect.TypeFor[uint32](),
	reflect.TypeFor[uint64](), reflect.TypeFor[float32](), reflect.TypeFor[float64](), reflect.TypeFor[string](),
	reflect.TypeFor[carrier](), reflect.TypeFor[time.Duration](), reflect.TypeFor[time.Month](), reflect.TypeFor[any](), reflect.TypeFor[[]byte](),
	reflect.TypeFor[time.Time](), reflect.TypeFor[schema.CivilDate](), reflect.TypeFor[schema.Decimal](), reflect.TypeFor[sql.RawBytes](),
	reflect.TypeFor[sql.NullBool](), reflect.TypeFor[sql.NullByte](), reflect.TypeFor[sql.NullInt16](), reflect.TypeFor[sql.NullInt32](),
	reflect.TypeFor[sql.NullInt64](), reflect.TypeFor[sql.NullFloat64](), reflect.TypeFor[sql.NullString](), reflect.TypeFor[sql.NullTime](),
	reflect.TypeFor[sql.Null[int8]](), reflect.TypeFor[sql.Null[carrier]](), reflect.TypeFor[sql.Null[schema.CivilDate]](),
	reflect.TypeFor[sql.Null[*int]](), reflect.TypeFor[**string](), reflect.TypeFor[*sql.NullInt64](), reflect.TypeFor[sql.Null[sql.NullString]](),
}

// TestFill: what is put by columns is what the setters put row by row, for all types and values; and what is left is
// what they refuse.
func TestFill(t *testing.T) {
	filled, left := 0, 0
	for seed := range uint64(20_000) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		n, from := 1+rnd.IntN(5), rnd.IntN(3)
		v := Vector{Values: vectors[rnd.IntN(len(vectors))](rnd, from+n)}
		if rnd.IntN(2) == 0 {
			v.Nulls = several(from+n, func() bool { return rnd.IntN(4) == 0 })
		}
		typ := fieldTypes[rnd.IntN(len(fieldTypes))]
		if rnd.IntN(4) == 0 {
			typ = reflect.PointerTo(typ)
		}
		c := Column{Name: "c", Type: columnTypes[rnd.IntN(len(columnTypes))]}
		if rnd.IntN(4) == 0 {
			c.DatabaseType = "DECIMAL"
		}
		row := reflect.StructOf([]reflect.StructField{
			{Name: "Before", Type: reflect.TypeFor[int8](), Tag: `db:"-"`},
			{Name: "C", Type: typ},
			{Name: "After", Type: reflect.TypeFor[string](), Tag: `db:"-"`},
		})
		what := fmt.Sprintf("seed %d: %T %v to %s, column %v", seed, v.Values, v.Values, typ, c.Type)
		h := newHeader([]Column{c}, decodings([]Column{c}, nil))
		fields, err := fieldsOf(row, h)
		if err != nil {
			t.Fatal(what, err)
		}
		fill := fillerOf(h, row, fields)
		if fill == nil {
			t.Fatalf("%s: is not filled by columns", what)
		}
		got := reflect.MakeSlice(reflect.SliceOf(row), n, n)
		src := &columnRows{vectors: []*Vector{&v}, at: from, end: from + n}
		done := fill.fill(src, nil, got.UnsafePointer(), n)
		for i := range min(done+1, n) {
			want, value := reflect.New(row).Elem(), any(nil)
			value = span{&v, from}.at(i)
			if h.decode != nil {
				if value, err = h.decode[0].by(value); err != nil {
					t.Fatal(what, err)
				}
			}
			err := setFields(want, fields, []any{value}, int64(i))
			if i < done && (err != nil || !reflect.DeepEqual(got.Index(i).Interface(), want.Interface())) {
				t.Fatalf("%s: row %d is %#v, want %#v, %v", what, i, got.Index(i), want, err)
			}
			if i == done && err == nil {
				t.Fatalf("%s: row %d was left, which is %#v", what, i, want)
			}
		}
		filled, left = filled+done, left+n-done
	}
	if filled < 10_000 || left < 10_000 {
		t.Errorf("%d rows were filled, %d left: that proves little", filled, left)
	}
}

// Types of rows that are filled by columns, and some that are not.
type (
	plainRow struct {
		A int16
		B *string
		C sql.NullInt64
	}
	odd struct {
		C upper
		A schema.Decimal
		B any
	}
	outer struct {
		*plainPart
		B *carrier
		C any
	}
	plainPart struct{ A int }
	inner     struct {
		Base
		C *float64
	}
	Base struct {
		A float32
		B sql.Null[string]
	}
)

// journal is what reading a result gives, to the error and to the number of the last row.
type journal struct {
	rows   []any
	err    string
	number int64
}

// read reads a result as values of T by methods in any order, which are the same for the same seed.
func read[T any](t *testing.T, seed uint64, r *Result) (j journal) {
	rnd, typed := rand.New(rand.NewPCG(seed, 2)), Into[T](r)
	fail := func(err error) {
		j.err = fmt.Sprint(err)
		if v := new(ValueError); errors.As(err, &v) {
			j.err += fmt.Sprintf(" %+v", *v)
		}
	}
	if rnd.IntN(8) == 0 {
		r.Unique(nil)
	}
	for range 12 {
		var err error
		var list []T
		switch n := rnd.IntN(6); rnd.IntN(6) {
		case 0:
			var v T
			var ok bool
			if v, ok, err = typed.Next(t.Context()); ok {
				list = []T{v}
			}
		case 1:
			list, err = typed.FetchMany(t.Context(), n)
		case 2:
			row, ok, rowErr := r.Next(t.Context())
			if err = rowErr; ok {
				j.rows = append(j.rows, row.Values())
			}
		case 3:
			for v, e := range typed.Rows() {
				if err = e; e != nil {
					break
				}
				if list = append(list, v); len(list)%3 == 0 {
					row, ok, rowErr := r.Next(t.Context()) // another reads on within the loop
					if err = rowErr; ok {
						j.rows = append(j.rows, row.Number())
					}
				}
				if len(list) == 20 {
					break
				}
			}
		case 4:
			for part, e := range typed.Partitions(1 + n) {
				err = e
				list = append(list, part...)
			}
		case 5:
			list, err = Into[T](r).FetchMany(t.Context(), n)
		}
		for _, v := range list {
			j.rows = append(j.rows, v)
		}
		if err != nil {
			fail(err)
		}
	}
	j.number = r.number
	return j
}

// TestByColumns: whoever reads rows that come by columns, and how, gets the values and errors of those that come one by one.
func TestByColumns(t *testing.T) {
	readers := []func(*testing.T, uint64, *Result) journal{
		read[plainRow], read[odd], read[outer], read[*plainRow], read[inner], read[map[string]any], read[*inner],
	}
	whole, failed := 0, 0
	for seed := range uint64(6000) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		n := rnd.IntN(24)
		b, head := &byColumns{rows: n, most: rnd.IntN(8)}, []Column{{Name: "a"}, {Name: "b"}, {Name: "c"}}
		tame := rnd.IntN(3) > 0 // values that most types take
		for i := range head {
			v := Vector{Values: vectors[rnd.IntN(len(vectors))](rnd, n)}
			if tame {
				v.Values = []any{several(n, func() int64 { return rnd.Int64N(100) }), several(n, func() string { return "7" })}[i%2]
			} else {
				head[i].Type = columnTypes[rnd.IntN(len(columnTypes))]
			}
			if i > 0 && rnd.IntN(2) == 0 {
				v.Nulls = several(n, func() bool { return rnd.IntN(3) == 0 })
			}
			b.columns = append(b.columns, v)
		}
		switch rnd.IntN(4) {
		case 0:
			b.fault = errors.New("the wire is cut")
		case 1:
			if n > 0 {
				b.bad = 1 + rnd.IntN(n)
			}
		}
		reader := readers[rnd.IntN(len(readers))]
		got := reader(t, seed, newResult(b.source(t, head), nil, Options{FetchSize: 3}, nil))
		want := reader(t, seed, newResult(b.slice(head), nil, Options{FetchSize: 3}, nil))
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d:\n got %+v\nwant %+v", seed, got, want)
		}
		if whole += len(got.rows); got.err != "" {
			failed++
		}
	}
	if whole < 10_000 || failed < 1000 {
		t.Errorf("%d rows, %d errors: that proves little", whole, failed)
	}
}

// TestFillKeepsApart: rows that were made together do not share what they hold.
func TestFillKeepsApart(t *testing.T) {
	b := &byColumns{columns: []Vector{{Values: []int16{1, 2}}, {Values: []string{"a", "b"}}, {Values: []int64{1, 2}}}, rows: 2}
	head := []Column{{Name: "a"}, {Name: "b"}, {Name: "c"}}
	rows, err := All[*plainRow](t.Context(), newResult(b.source(t, head), nil, Options{}, nil))
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	*rows[0].B, rows[0].A = "changed", 9
	if *rows[1].B != "b" || rows[1].A != 2 {
		t.Errorf("the second row is %+v", rows[1])
	}
	names, err := Scalars[string](newResult(b.sourceAgain(t, head), nil, Options{}, nil), "b").All(t.Context())
	if !slices.Equal(names, []string{"a", "b"}) || err != nil {
		t.Errorf("got %v, error %v", names, err)
	}
}

func (b *byColumns) sourceAgain(t *testing.T, head []Column) *columnRows {
	b.from, b.to = 0, 0
	return b.source(t, head)
}
