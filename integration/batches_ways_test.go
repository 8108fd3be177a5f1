package integration

import (
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/integration/internal/samples"
)

// look takes everything that a batch has in one or more ways. The functions compare what was taken; they may be called
// for as long as that is promised to stay as it is.
func look(rng *rand.Rand, b *hive.Batch, w *truth) (compare []func() error) {
	ways := []func() func() error{
		func() func() error { return byValue(b, w) },
		func() func() error { return byDriverValues(rng, b, w) },
		func() func() error { return byColumns(b, w) },
		func() func() error { return byTexts(b, w) },
		func() func() error { return byNulls(b, w) },
	}
	for _, i := range rng.Perm(len(ways))[:1+rng.IntN(2)] {
		compare = append(compare, ways[i]())
	}
	return compare
}

func failure(err error) func() error { return func() error { return err } }

// byValue takes the values one by one.
func byValue(b *hive.Batch, w *truth) func() error {
	width := len(w.columns)
	native, plain := make([]any, b.Len()*width), make([]any, b.Len()*width)
	for i := range native {
		var err, err2 error
		native[i], err = b.Value(i/width, i%width)
		plain[i], err2 = b.DriverValue(i/width, i%width)
		if err := errors.Join(err, err2); err != nil {
			return failure(err)
		}
	}
	return func() error {
		for i := range native {
			row, col := i/width, i%width
			if !samples.Same(native[i], w.native[row][col]) || !samples.Same(plain[i], w.plain[row][col]) {
				return fmt.Errorf("row %d, %s: Value is %#v, DriverValue %#v, want %#v and %#v",
					row, w.columns[col].Type, native[i], plain[i], w.native[row][col], w.plain[row][col])
			}
		}
		return nil
	}
}

// byDriverValues takes rows by random numbers.
func byDriverValues(rng *rand.Rand, b *hive.Batch, w *truth) func() error {
	width := len(w.columns)
	var got []sqldriver.Value
	for rows := 0; rows < b.Len(); {
		some := make([]sqldriver.Value, width*(1+rng.IntN(b.Len()+3))+rng.IntN(width))
		n, err := b.DriverValues(some, rows)
		if want := min(len(some)/width, b.Len()-rows); err != nil || n != want {
			return failure(fmt.Errorf("DriverValues gives %d rows from %d on, %v, want %d", n, rows, err, want))
		}
		got, rows = append(got, some[:n*width]...), rows+n
	}
	return func() error {
		for i, v := range got {
			if want := w.plain[i/width][i%width]; !samples.Same(v, want) {
				return fmt.Errorf("row %d, %s: DriverValues has %#v, want %#v", i/width, w.columns[i%width].Type, v, want)
			}
		}
		return nil
	}
}

// reading is Values for one Go type.
type reading struct {
	name  string
	kinds []hive.Kind // for which it is promised
	want  func(*truth) [][]any
	of    func(*hive.Batch, int) (at func(row int) any, rows int, err error)
}

func as[T any](want func(*truth) [][]any, kinds ...hive.Kind) reading {
	return reading{fmt.Sprintf("Values[%T]", *new(T)), kinds, want, func(b *hive.Batch, col int) (func(int) any, int, error) {
		all, err := hive.Values[T](b, col)
		return func(row int) any { return all[row] }, len(all), err
	}}
}

func native(w *truth) [][]any { return w.native }
func plain(w *truth) [][]any  { return w.plain }
func texts(w *truth) [][]any  { return w.texts }

var textual = []hive.Kind{
	hive.KindString, hive.KindVarchar, hive.KindChar, hive.KindBinary, hive.KindDecimal, hive.KindDate, hive.KindTimestamp,
	hive.KindTimestampLocalTZ, hive.KindIntervalYearMonth, hive.KindIntervalDayTime, hive.KindArray, hive.KindMap, hive.KindStruct,
}

// readings are all that Values promises.
var readings = []reading{
	as[bool](native, hive.KindBoolean),
	as[int8](native, hive.KindTinyInt),
	as[int16](native, hive.KindSmallInt),
	as[int32](native, hive.KindInt),
	as[int64](plain, hive.KindTinyInt, hive.KindSmallInt, hive.KindInt, hive.KindBigInt),
	as[float32](native, hive.KindFloat),
	as[float64](plain, hive.KindFloat, hive.KindDouble),
	as[hive.Decimal](native, hive.KindDecimal),
	as[hive.Date](native, hive.KindDate),
	as[time.Time](plain, hive.KindDate, hive.KindTimestamp, hive.KindTimestampLocalTZ),
	as[hive.IntervalYearMonth](native, hive.KindIntervalYearMonth),
	as[hive.IntervalDayTime](native, hive.KindIntervalDayTime),
	as[hive.Nested](native, hive.KindArray, hive.KindMap, hive.KindStruct),
	as[string](texts, textual...),
	as[[]byte](texts, textual...),
	as[int](native),
	as[any](native),
}

// byColumns takes whole columns in every Go type; those that do not fit are refused.
func byColumns(b *hive.Batch, w *truth) func() error {
	var compare []func() error
	for col, c := range w.columns {
		for _, r := range readings {
			at, rows, err := r.of(b, col)
			fits := slices.Contains(r.kinds, c.Type.Kind)
			var refused *hive.TypeError
			switch {
			case c.Type.Kind == hive.KindNull:
				continue
			case !fits && !errors.As(err, &refused):
				return failure(fmt.Errorf("%s of %s: %v, want a *TypeError", r.name, c.Type, err))
			case fits && (err != nil || rows != b.Len()):
				return failure(fmt.Errorf("%s of %s: %d values, %v, want %d", r.name, c.Type, rows, err, b.Len()))
			case fits:
				want := r.want(w)
				compare = append(compare, func() error { return sameColumn(r.name, c, at, want, col) })
			}
		}
	}
	return func() error { return errors.Join(run(compare)...) }
}

func sameColumn(name string, c hive.Column, at func(int) any, want [][]any, col int) error {
	for row := range want {
		if want[row][col] == nil {
			continue
		}
		got := at(row)
		if bytes, ok := got.([]byte); ok {
			got = string(bytes)
		}
		if !samples.Same(got, want[row][col]) {
			return fmt.Errorf("row %d: %s of %s is %#v, want %#v", row, name, c.Type, got, want[row][col])
		}
	}
	return nil
}

// byTexts takes the texts in Arrow's layout, behind what is there.
func byTexts(b *hive.Batch, w *truth) func() error {
	const before = "before"
	type layout struct {
		data    []byte
		offsets []int32
	}
	columns := make([]layout, len(w.columns))
	for col, c := range w.columns {
		data, offsets, err := b.AppendTexts([]byte(before), []int32{-1}, col)
		var refused *hive.TypeError
		switch {
		case c.Type.Kind == hive.KindNull:
		case sentAsText(c.Type.Kind) && (err != nil || len(offsets) != b.Len()+2):
			return failure(fmt.Errorf("AppendTexts of %s: %d offsets, %v", c.Type, len(offsets), err))
		case !sentAsText(c.Type.Kind) && (!errors.As(err, &refused) || string(data) != before || len(offsets) != 1):
			return failure(fmt.Errorf("AppendTexts of %s: %d bytes, %v, want a *TypeError", c.Type, len(data), err))
		case sentAsText(c.Type.Kind):
			columns[col] = layout{data, offsets[1:]}
		}
	}
	return func() error {
		for col, l := range columns {
			for row := range max(0, len(l.offsets)-1) {
				want, ok := w.texts[row][col].(string)
				if got := string(l.data[l.offsets[row]:l.offsets[row+1]]); ok && got != want {
					return fmt.Errorf("row %d, %s: AppendTexts has %q, want %q", row, w.columns[col].Type, got, want)
				}
			}
			if len(l.offsets) > 0 && (l.offsets[0] != int32(len(before)) || l.offsets[len(l.offsets)-1] != int32(len(l.data))) {
				return fmt.Errorf("AppendTexts: offsets from %d to %d for %d bytes", l.offsets[0], l.offsets[len(l.offsets)-1], len(l.data))
			}
		}
		return nil
	}
}

// byNulls takes which values are NULL.
func byNulls(b *hive.Batch, w *truth) func() error {
	all := make([]hive.Nulls, len(w.columns))
	for col := range all {
		var err error
		if all[col], err = b.Nulls(col); err != nil {
			return failure(err)
		}
	}
	return func() error {
		for col, nulls := range all {
			count, valid := 0, nulls.AppendValidity(nil)
			for row := range w.native {
				null := w.native[row][col] == nil
				if null {
					count++
				}
				if nulls.IsNull(row) != null || valid[row/8]>>(row%8)&1 == 1 == null {
					return fmt.Errorf("row %d, %s: IsNull is %v, validity %08b, want NULL: %v", row, w.columns[col].Type, nulls.IsNull(row), valid, null)
				}
			}
			if nulls.Count() != count || nulls.Len() != len(w.native) || len(valid) != (len(w.native)+7)/8 {
				return fmt.Errorf("%s: %d NULLs of %d rows, want %d of %d", w.columns[col].Type, nulls.Count(), nulls.Len(), count, len(w.native))
			}
		}
		return nil
	}
}
