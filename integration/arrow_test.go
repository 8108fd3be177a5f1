package integration

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivearrow"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/samples"
)

// TestArrowTypes compares each type's Arrow array with the batch, rows of values and rows with NULLs in turns, in Go's
// memory and in an allocator's.
func TestArrowTypes(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		values := samples.On(srv)
		nulls := make([]string, len(values))
		for i := range values {
			nulls[i] = fmt.Sprintf("if((n + %d) %% 3 = 1, null, c%d) as c%d", i, i, i)
		}
		query := fmt.Sprintf("select %s from (%s) v lateral view explode(array(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)) x as n",
			strings.Join(nulls, ", "), samples.Select(values))
		rows, err := live.Connect(t, live.Config(t, srv)).Query(t.Context(), query, hive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close(t.Context())
		for _, n := range []int{3, 1000} { // the second batch begins within a byte of the bitmaps
			b, err := rows.FetchMany(t.Context(), n)
			if err != nil {
				t.Fatal(err)
			}
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			compareArrow(t, b, hivearrow.Options{Microseconds: true})
			compareArrow(t, b, hivearrow.Options{Microseconds: true, Allocator: mem})
			mem.AssertSize(t, 0)
		}
	})
}

// TestArrowNanoseconds: timestamps keep their nine digits where they fit.
func TestArrowNanoseconds(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		var fit []samples.Value
		for _, v := range samples.On(srv) {
			if at, ok := v.Native.(time.Time); ok && at.Year() > 1677 && at.Year() < 2262 {
				fit = append(fit, v)
			}
		}
		compareArrow(t, onlyBatch(t, live.Connect(t, live.Config(t, srv)), samples.Select(fit)), hivearrow.Options{})
	})
}

// TestArrowNested gives the types of nested columns, and leaves them out.
func TestArrowNested(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		cases := nestedOn(srv)
		texts := make([]string, len(cases))
		options := hivearrow.Options{Types: map[string]string{}, Unescaped: live.On(live.Spark, srv)}
		for i, c := range cases {
			name := fmt.Sprintf("c%d", i)
			texts[i] = c.text + " as " + name
			options.Types[name] = c.typ
		}
		b := onlyBatch(t, live.Connect(t, live.Config(t, srv)), "select "+strings.Join(texts, ",\n"))
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		options.Allocator = mem
		compareArrow(t, b, options)
		mem.AssertSize(t, 0)

		rec := arrowRecord(t, b, hivearrow.Options{})
		defer rec.Release()
		for i, c := range cases {
			text, _ := rec.Schema().Field(i).Metadata.GetValue(hivearrow.TypeKey)
			if got := rec.Column(i).ValueStr(0); got != c.raw || text != c.kind.String() {
				t.Errorf("%s without its type = %s, %s\nwant %s, %s", c.text, got, text, c.raw, c.kind)
			}
		}
	})
}

// TestArrowReader reads results of many batches and none, to the end and not.
func TestArrowReader(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		s := live.Connect(t, live.Config(t, srv))
		query := "select i, if(i % 7 = 0, null, concat('text ', i)) as s from " + live.Series(5000)
		for _, size := range []int{0, 1, 7, 1000} {
			most := 5000
			if size == 1 {
				most = 20
			}
			for _, stop := range []int{most, rand.IntN(most)} {
				if got := readArrow(t, s, fmt.Sprintf("%s where i < %d", query, most), size, stop); got != stop {
					t.Errorf("size %d: %d rows, want %d", size, got, stop)
				}
			}
		}
		if got := readArrow(t, s, query+" where i < 0", 0, 1); got != 0 {
			t.Errorf("an empty result has %d rows", got)
		}
	})
}

// readArrow reads up to stop rows, checks them, and gives the rest up.
func readArrow(t *testing.T, s *hive.Session, query string, size, stop int) (n int) {
	t.Helper()
	rows, err := s.Query(t.Context(), query, hive.Options{FetchSize: size})
	if err != nil {
		t.Fatal(err)
	}
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r, err := hivearrow.NewReader(t.Context(), rows, hivearrow.Options{Allocator: mem})
	if err != nil {
		t.Fatal(err)
	}
	for n < stop && r.Next() {
		numbers, texts := r.RecordBatch().Column(0).(*array.Int32), r.RecordBatch().Column(1).(*array.String)
		for i := 0; i < numbers.Len() && n < stop; i++ {
			want := fmt.Sprint("text ", n)
			if numbers.Value(i) != int32(n) || texts.IsNull(i) != (n%7 == 0) || texts.IsValid(i) && texts.Value(i) != want {
				t.Fatalf("row %d = %d, %s", n, numbers.Value(i), texts.ValueStr(i))
			}
			n++
		}
	}
	if err := r.Err(); err != nil {
		t.Error(err)
	}
	r.Release()
	if err := rows.Close(t.Context()); err != nil {
		t.Error(err)
	}
	return n
}

func arrowRecord(t *testing.T, b *hive.Batch, options hivearrow.Options) arrow.RecordBatch {
	t.Helper()
	c, err := hivearrow.NewConverter(b.Columns(), options)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := c.Record(b)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// compareArrow compares a batch's record with its values.
func compareArrow(t *testing.T, b *hive.Batch, options hivearrow.Options) {
	t.Helper()
	rec := arrowRecord(t, b, options)
	defer rec.Release()
	if rec.NumRows() != int64(b.Len()) {
		t.Fatalf("a record of %d rows for a batch of %d", rec.NumRows(), b.Len())
	}
	for i, c := range b.Columns() {
		for row := range b.Len() {
			want, err := b.Value(row, i)
			if err != nil {
				t.Fatal(err)
			}
			switch v := want.(type) {
			case hive.Nested:
				v.Type, v.Unescaped = options.Types[c.Name], options.Unescaped
				if want, err = v.Decode(); err != nil {
					t.Fatal(err)
				}
			case time.Time:
				want = v.UTC()
				if options.Microseconds {
					want = v.UTC().Truncate(time.Microsecond)
				}
			}
			a := rec.Column(i)
			if got := fromArrow(a, row); !sameNested(got, want) || arrowNull(a, row) != (want == nil) {
				t.Errorf("column %s (%s), row %d\n got %T %#v\nwant %T %#v", c.Name, c.Type, row, got, got, want, want)
			}
		}
	}
}

// fromArrow gives a value of an array as hive has it.
func fromArrow(a arrow.Array, i int) any {
	if arrowNull(a, i) {
		return nil
	}
	switch a := a.(type) {
	case *array.Boolean:
		return a.Value(i)
	case *array.Int8:
		return a.Value(i)
	case *array.Int16:
		return a.Value(i)
	case *array.Int32:
		return a.Value(i)
	case *array.Int64:
		return a.Value(i)
	case *array.Float32:
		return a.Value(i)
	case *array.Float64:
		return a.Value(i)
	case *array.String:
		return a.Value(i)
	case *array.Binary:
		return append([]byte{}, a.Value(i)...)
	case *array.Decimal128:
		return samples.Decimal(a.Value(i).ToString(a.DataType().(*arrow.Decimal128Type).Scale))
	case *array.Date32:
		return hive.DateOf(a.Value(i).ToTime())
	case *array.Timestamp:
		return a.Value(i).ToTime(a.DataType().(*arrow.TimestampType).Unit)
	case *array.MonthInterval:
		return hive.IntervalYearMonth(a.Value(i))
	case *array.MonthDayNanoInterval:
		v := a.Value(i)
		return hive.IntervalOf(time.Duration(v.Days)*24*time.Hour + time.Duration(v.Nanoseconds))
	}
	return partsOfArrow(a, i)
}

// arrowNull knows the arrays that have no bitmap: of nulls alone, for which IsNull is false, and unions.
func arrowNull(a arrow.Array, i int) bool { return a.DataType().ID() == arrow.NULL || a.IsNull(i) }

func partsOfArrow(a arrow.Array, i int) any {
	switch a := a.(type) {
	case *array.Map:
		from, to := a.ValueOffsets(i)
		m := hive.Map{}
		for at := int(from); at < int(to); at++ {
			m = append(m, hive.Entry{Key: fromArrow(a.Keys(), at), Value: fromArrow(a.Items(), at)})
		}
		return m
	case *array.List:
		from, to := a.ValueOffsets(i)
		l := list{}
		for at := from; at < to; at++ {
			l = append(l, fromArrow(a.ListValues(), int(at)))
		}
		return l
	case *array.Struct:
		m := hive.Map{}
		for f, field := range a.DataType().(*arrow.StructType).Fields() {
			m = append(m, hive.Entry{Key: field.Name, Value: fromArrow(a.Field(f), i)})
		}
		return m
	case *array.DenseUnion:
		tag := a.ChildID(i)
		return hive.Union{Tag: tag, Value: fromArrow(a.Field(tag), int(a.ValueOffset(i)))}
	}
	return fmt.Errorf("a %T", a)
}
