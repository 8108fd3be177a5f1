package hive

import (
	"database/sql"
	"errors"
	"math"
	"math/big"
	"reflect"
	"testing"
	"time"
)

// nestedPoint reads itself, as many decimal and geometry types do.
type nestedPoint struct{ text string }

func (p *nestedPoint) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return errors.New("want text")
	}
	p.text = s
	return nil
}

func nestedPtr[T any](v T) *T { return &v }

func TestUnmarshal(t *testing.T) {
	type inner struct {
		C *string
		D []int
	}
	type flight struct {
		Carrier  string
		DepDelay *int32 `hive:"dep_delay"`
		Skipped  string `hive:"-"`
		hidden   string
		Inner    *inner
		Rest     Nested
	}
	for _, c := range []struct {
		n    Nested
		want any // what a pointer to its type has to hold
	}{
		{
			Nested{Raw: `{"carrier":"UA","dep_delay":-5,"skipped":"x","hidden":"x","other":[{"a":1}],"inner":{"c":null,"d":[1,2]},"rest":{"x":[1]}}`},
			flight{Carrier: "UA", hidden: "", DepDelay: nestedPtr(int32(-5)), Inner: &inner{D: []int{1, 2}}, Rest: Nested{Raw: `{"x":[1]}`}},
		},
		{Nested{Raw: `{"CARRIER":"A"A","rest":null}`}, flight{Carrier: `A"A`, Rest: Nested{Raw: "null", Unescaped: true}}},
		{Nested{Raw: `[[1,2],null,[]]`}, [][]int8{{1, 2}, nil, {}}},
		{Nested{Raw: `[1,255]`}, []uint8{1, 255}},
		{Nested{Raw: `[1.5]`}, []float32{1.5}},
		{Nested{Raw: `[-Infinity]`}, []float64{math.Inf(-1)}},
		{Nested{Raw: `["a",5,true,2020-01-02]`}, []string{"a", "5", "true", "2020-01-02"}},
		{Nested{Raw: `["a",x y,"null",null]`}, [][]byte{[]byte("a"), []byte("x y"), []byte("null"), nil}},
		{Nested{Raw: `[true,null]`}, []*bool{nestedPtr(true), nil}},
		{Nested{Raw: `[1,null,"a",[{"b":2}]]`}, []any{int64(1), nil, "a", []any{Map{{"b", int64(2)}}}}},
		{Nested{Raw: `null`}, []int(nil)},
		{Nested{Raw: `null`}, map[string]int(nil)},
		{Nested{Raw: `null`}, (*int)(nil)},
		{Nested{Raw: `{1:"a",2:null}`}, map[int]*string{1: nestedPtr("a"), 2: nil}},
		{Nested{Raw: `{"a":{"x":1}}`}, map[string]map[string]int64{"a": {"x": 1}}},
		{Nested{Raw: `{"a":1}`}, map[any]any{"a": int64(1)}},
		{Nested{Raw: `{2020-01-02 03:04:05:1}`}, map[time.Time]int{testClock(0): 1}},
		{Nested{Raw: `{"b":1,"a":2}`}, Map{{"b", int64(1)}, {"a", int64(2)}}},
		{Nested{Raw: `{1:"x"}`}, Union{1, "x"}},
		{Nested{Raw: `{1:"x"}`, Type: "uniontype<int,string>"}, Union{1, "x"}},
		{Nested{Raw: `[{0:1},{1:"2020-01-02"}]`, Type: "array<uniontype<int,date>>"}, []Union{{0, int32(1)}, {1, testDay}}},
		{
			Nested{Raw: `["2020-01-02","2020-01-02 03:04:05.5","2020-01-02 03:04:05 UTC",2020-01-02]`},
			[]time.Time{testDay.In(nil), testClock(500_000_000), time.Date(2020, 1, 2, 3, 4, 5, 0, time.FixedZone("UTC", 0)), testDay.In(nil)},
		},
		{Nested{Raw: `["2020-01-02"]`}, []Date{testDay}},
		{Nested{Raw: `[1.10,-5]`}, []Decimal{{"1.10"}, {"-5"}}},
		{Nested{Raw: `[1.1]`, Type: "array<decimal(5,2)>"}, []Decimal{{"1.10"}}},
		{Nested{Raw: `[1.1]`, Type: "array<decimal(5,2)>"}, []string{"1.10"}},
		{Nested{Raw: `[1-2]`}, []IntervalYearMonth{14}},
		{Nested{Raw: `[1 02:03:04.5]`}, []IntervalDayTime{{93784, 500_000_000}}},
		{Nested{Raw: `[12345678901234567890]`}, []*big.Int{new(big.Int).SetUint64(12345678901234567890)}},
		{Nested{Raw: `["a",[1,{"b":2}]]`}, []nestedPoint{{"a"}, {`[1,{"b":2}]`}}},
		{Nested{Raw: `["a",null]`}, []sql.NullString{{String: "a", Valid: true}, {}}},
		{Nested{Raw: `[7,null]`}, []sql.Null[int16]{{V: 7, Valid: true}, {}}},
		{Nested{Raw: `["2020-01-02",null]`}, []sql.NullTime{{Time: testDay.In(nil), Valid: true}, {}}},
		{Nested{Raw: `["2020-01-02 03:04:05"]`}, []sql.Null[time.Time]{{V: testClock(0), Valid: true}}},
		{Nested{Raw: `["2020-01-02",null]`}, []sql.Null[Date]{{V: testDay, Valid: true}, {}}},
		{Nested{Raw: `{"a":[1]}`, Type: "struct<a:array<int>>"}, map[string]Nested{"a": {Raw: "[1]", Type: "array<int>"}}},
	} {
		got := reflect.New(reflect.TypeOf(c.want))
		err := c.n.Unmarshal(got.Interface())
		if err != nil || !reflect.DeepEqual(got.Elem().Interface(), c.want) {
			t.Errorf("%s into %T\ngot  %#v, %v\nwant %#v", c.n, c.want, got.Elem(), err, c.want)
		}
	}
}

func TestUnmarshalInLocation(t *testing.T) {
	paris := mustZone(t, "Europe/Paris")
	var got []time.Time
	err := Nested{Raw: `["2020-01-02","2020-01-02 03:04:05"]`, Location: paris}.Unmarshal(&got)
	if err != nil || len(got) != 2 || got[0] != testDay.In(paris) || got[1] != time.Date(2020, 1, 2, 3, 4, 5, 0, paris) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestUnmarshalErrors(t *testing.T) {
	type row struct{ A int }
	for _, c := range []struct {
		raw    string
		dst    any
		offset int
		reason string
	}{
		{`[1,x`, new([]int), 3, "want an end of the value"},
		{`[1,null]`, new([]int), 3, "NULL does not go into int: use a pointer or sql.Null"},
		{`null`, new(row), 0, "NULL does not go into hive.row: use a pointer or sql.Null"},
		{`[null]`, new([]time.Time), 1, "NULL does not go into time.Time: use a pointer or sql.Null"},
		{`[null]`, new([]Date), 1, "hive: cannot scan NULL into *hive.Date: use sql.Null[hive.Date]"},
		{`["a"]`, new([]int), 1, "want a whole number of 64 bits"},
		{`[128]`, new([]int8), 1, "want a whole number of 8 bits"},
		{`[-1]`, new([]uint8), 1, "want a whole number from 0 of 8 bits"},
		{`[1e39]`, new([]float32), 1, "want a float of 32 bits"},
		{`[1]`, new([]bool), 1, "want true or false"},
		{`[1]`, new([]struct{}), 1, "a scalar does not go into struct {}"},
		{`[1]`, new([]chan int), 1, "a scalar does not go into chan int"},
		{`[1]`, new([]error), 1, "a scalar does not go into error"},
		{`[1]`, new([]Union), 1, "a scalar does not go into hive.Union"},
		{`["x"]`, new([]time.Time), 1, "date: want a year of 4 to 9 digits"},
		{`["x"]`, new([]sql.NullTime), 1, "date: want a year of 4 to 9 digits"},
		{`["x"]`, new([]Decimal), 1, "decimal: want a digit"},
		{`[null]`, new([]nestedPoint), 1, "want text"},
		{`[x]`, new([]*big.Int), 1, `math/big: cannot unmarshal "x" into a *big.Int`},
		{`[1]`, new(int), 0, "a nested value does not go into int"},
		{`[[1]]`, new([]string), 1, "a nested value does not go into string"},
		{`[1]`, new(Map), 0, "a nested value does not go into hive.Map"},
		{`[1]`, new(Union), 0, "a nested value does not go into hive.Union"},
		{`{}`, new(Union), 0, "want one value after the number of its type"},
		{`{"a":1}`, new(Union), 1, "want the number of one of the union's types"},
		{`{"a":1}`, new(time.Time), 0, "a nested value does not go into time.Time"},
		{`{"a":1}`, new([]int), 0, "a nested value does not go into []int"},
		{`{"a":"x"}`, new(row), 5, "want a whole number of 64 bits"},
		{`{0:1}`, new(row), 1, "want the name of a field of hive.row"},
		{`{[1]:1}`, new(row), 1, "want the name of a field of hive.row"},
		{`{[1]:1}`, new(map[any]int), 1, "a nested value cannot be the key of a Go map: use hive.Map"},
		{`{1:2,x:3}`, new(map[int]int), 5, "want a whole number of 64 bits"},
	} {
		checkTextError(t, c.raw, Nested{Raw: c.raw}.Unmarshal(c.dst), c.offset, c.reason)
	}
	for _, c := range []struct {
		dst  any
		want string
	}{
		{nil, "hive: cannot unmarshal into <nil>: want a pointer that is not nil"},
		{row{}, "hive: cannot unmarshal into hive.row: want a pointer that is not nil"},
		{(*row)(nil), "hive: cannot unmarshal into *hive.row: want a pointer that is not nil"},
	} {
		if err := (Nested{Raw: `{"a":1}`}).Unmarshal(c.dst); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
