package hive

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// FuzzDecodeNested feeds any text: no panic, no more parts than bytes, and one verdict of
// Decode and of Unmarshal into any.
func FuzzDecodeNested(f *testing.F) {
	for _, s := range [][2]string{
		{`{"a":[1,null,-0.5],"b":{"c":"q\"\n"}}`, "struct<a:array<decimal(3,1)>,b:map<string,string>>"},
		{`{1:"x"}`, "uniontype<int,string>"},
		{`{2020-01-02 03:04:05:2020-01-02,"a"b":x}`, ""},
		{`[x,"y"],{]`, "array<binary>"},
		{`{"a":x},"b":"y"}`, "struct<a:binary,b:string>"},
		{`[[[["\ud83d`, "array"},
	} {
		f.Add(s[0], s[1], false)
		f.Add(s[0], s[1], true)
	}
	f.Fuzz(func(t *testing.T, raw, typ string, unescaped bool) {
		n := Nested{Raw: raw, Type: typ, Unescaped: unescaped}
		v, err := n.Decode()
		if parts := countParts(v); parts > len(raw)+1 {
			t.Errorf("%d parts in %d bytes", parts, len(raw))
		}
		var same any
		if again := n.Unmarshal(&same); (again == nil) != (err == nil) || again == nil && fmt.Sprint(same) != fmt.Sprint(v) {
			t.Errorf("Decode: %v, %v\nUnmarshal: %v, %v", v, err, same, again)
		}
		for _, dst := range []any{
			new([]string), new([]any), new([]Decimal), new([]time.Time), new([][]byte), new([]Union), new(map[any]any),
			new(map[string]*int), new(Map), new(Union), new(Nested), new(struct{ A, B *float64 }), new(struct{ A, B Nested }),
		} {
			_ = n.Unmarshal(dst) // must return
		}
	})
}

func countParts(v any) int {
	n := 1
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			n += countParts(e)
		}
	case Map:
		for _, e := range v {
			n += countParts(e.Key) + countParts(e.Value)
		}
	case Union:
		n += 1 + countParts(v.Value)
	}
	return n
}

// FuzzNestedRoundTrip makes a type and a value of it from the input, prints the value as
// Hive and as Spark do, and reads it back.
func FuzzNestedRoundTrip(f *testing.F) {
	for _, s := range []string{"", "\x01\x02\x03\x04", "nested values round trip", "\x14\x05\x15\x06\x16\x13\xff\"\\\n\x00,]}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, spark := range []bool{false, true} {
			g := nestedGen{data: data, spark: spark}
			typ, err := parseNestedType(g.typ(KindArray+Kind(g.next()%4), 0))
			if err != nil {
				t.Fatal(err)
			}
			want := g.value(typ, 0, false)
			var b strings.Builder
			printNested(&b, typ, want, spark)
			n := Nested{Raw: b.String(), Type: typ.text, Unescaped: spark}
			got, err := n.Decode()
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("%s as %s\ngot  %#v, %v\nwant %#v", n.Raw, n.Type, got, err, want)
			}
			if !strings.Contains(n.Raw, `\`) { // then Spark's text needs no telling
				n.Unescaped = false
				if got, err = n.Decode(); err != nil || !reflect.DeepEqual(got, want) {
					t.Fatalf("%s as %s without Unescaped\ngot  %#v, %v\nwant %#v", n.Raw, n.Type, got, err, want)
				}
			}
			if !strings.Contains(n.Type, "binary") { // which alone can break the shape
				if _, err := (Nested{Raw: n.Raw, Unescaped: spark}).Decode(); err != nil {
					t.Fatalf("without a type: %v", err)
				}
			}
		}
	})
}

// nestedGen makes types and values from bytes; when they run out, all is zero.
type nestedGen struct {
	data  []byte
	spark bool
}

func (g *nestedGen) next() byte {
	if len(g.data) == 0 {
		return 0
	}
	c := g.data[0]
	g.data = g.data[1:]
	return c
}

func (g *nestedGen) int64() (n int64) {
	for range g.next() % 9 {
		n = n<<8 | int64(g.next())
	}
	return n
}

func (g *nestedGen) typ(k Kind, depth int) string {
	part := func() string {
		if depth > 4 {
			return "int"
		}
		k := KindBoolean + Kind(g.next())%(KindNull-KindBoolean+1)
		if k == KindUserDefined {
			k = KindBigInt
		}
		return g.typ(k, depth+1)
	}
	switch k {
	case KindDecimal:
		scale := int(g.next() % 19)
		return fmt.Sprintf("decimal(38,%d)", scale)
	case KindVarchar, KindChar:
		return k.String() + "(10)"
	case KindArray:
		return "array<" + part() + ">"
	case KindMap:
		key := [...]string{"int", "string", "binary", "date", "timestamp", "interval_day_time", "decimal(10,2)", "array<int>"}
		return "map<" + key[g.next()%8] + "," + part() + ">"
	case KindStruct, KindUnion:
		list := make([]string, g.next()%4)
		for i := range list {
			if list[i] = part(); k == KindStruct {
				list[i] = [...]string{"a:", "`b c`:", "C_3:"}[i] + list[i]
			}
		}
		if k == KindUnion {
			list = append(list, "int") // a union has a type
		}
		return k.String() + "<" + strings.Join(list, ",") + ">"
	}
	return k.String()
}

func (g *nestedGen) value(t *nestedType, depth int, key bool) any {
	if depth > 0 && !key && (g.next()%5 == 4 || t.Kind == KindNull) {
		return nil
	}
	n := g.int64()
	at := time.Unix(n%1e12, n&0xfffffff).UTC()
	switch t.Kind {
	case KindBoolean:
		return n&1 == 1
	case KindTinyInt:
		return int8(n)
	case KindSmallInt:
		return int16(n)
	case KindInt:
		return int32(n)
	case KindBigInt:
		return n
	case KindFloat:
		if f := math.Float32frombits(uint32(n)); f == f {
			return f
		}
		return float32(n)
	case KindDouble:
		if f := math.Float64frombits(uint64(n)); f == f {
			return f
		}
		return float64(n)
	case KindString, KindVarchar, KindChar:
		s := string(g.bytes())
		if g.spark { // it writes texts that cannot be told apart
			s = strings.ReplaceAll(s, `"`, "'")
		}
		return s
	case KindBinary: // not empty, not null, nothing that ends it
		return append([]byte("x"), strings.NewReplacer(",", ";", "]", "", "}", "", ":", "").Replace(string(g.bytes()))...)
	case KindDate:
		return DateOf(at)
	case KindTimestamp:
		return at
	case KindTimestampLocalTZ:
		local, err := ParseTimestampTZ(at.Format("2006-01-02 15:04:05.0 ") + "+02:00")
		if err != nil {
			local, _ = ParseTimestampTZ("2020-01-02 03:04:05.0 Etc/UTC")
		}
		return local
	case KindDecimal:
		text := strconv.FormatInt(n, 10)
		if t.Scale > 0 {
			text += "." + strings.Repeat(strconv.Itoa(int(n&7)), t.Scale)
		}
		d, _ := ParseDecimal(text)
		return d
	case KindIntervalYearMonth:
		return IntervalYearMonth(n)
	case KindIntervalDayTime:
		return IntervalOf(time.Duration(n))
	case KindArray:
		list := make([]any, g.next()%4)
		for i := range list {
			list[i] = g.value(t.parts[0], depth+1, false)
		}
		return list
	case KindMap:
		m := make(Map, g.next()%4)
		for i := range m {
			m[i] = Entry{g.value(t.parts[0], depth+1, true), g.value(t.parts[1], depth+1, false)}
		}
		return m
	case KindStruct:
		m := make(Map, len(t.parts))
		for i := range m {
			m[i] = Entry{strings.TrimSuffix(t.labels[i][1:], `":`), g.value(t.parts[i], depth+1, false)}
		}
		return m
	case KindUnion:
		tag := int(g.next()) % len(t.parts)
		return Union{tag, g.value(t.parts[tag], depth+1, false)}
	}
	return nil
}

func (g *nestedGen) bytes() []byte {
	n := min(int(g.next()%16), len(g.data))
	b := g.data[:n]
	g.data = g.data[n:]
	return b
}

// printNested prints as Hive's SerDeUtils.buildJSONString and Spark's HiveResult do.
func printNested(b *strings.Builder, t *nestedType, v any, spark bool) {
	quote := func(s string) {
		if !spark {
			s = `"` + s + `"`
		}
		b.WriteString(s)
	}
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case float32:
		b.WriteString(javaFloat(float64(v), 32))
	case float64:
		b.WriteString(javaFloat(v, 64))
	case string:
		if !spark {
			v = hiveEscape(v)
		}
		b.WriteString(`"` + v + `"`)
	case []byte:
		b.Write(v)
	case Date:
		quote(v.String())
	case time.Time:
		text := DateOf(v).String() + v.Format(" 15:04:05.999999999")
		if t.Kind == KindTimestampLocalTZ {
			text += " " + v.Location().String()
		}
		quote(text)
	case Decimal:
		text := v.String()
		if v.Scale() > 0 && !spark { // HiveDecimal drops trailing zeros
			text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
		}
		b.WriteString(text)
	case []any:
		for i, e := range v {
			b.WriteString(nestedSeparator(i, "["))
			printNested(b, t.parts[0], e, spark)
		}
		b.WriteString(nestedClosing(len(v), "[", "]"))
	case Map:
		for i, e := range v {
			b.WriteString(nestedSeparator(i, "{"))
			if t.Kind == KindStruct {
				b.WriteString(t.labels[i])
				printNested(b, t.parts[i], e.Value, spark)
				continue
			}
			printNested(b, t.parts[0], e.Key, spark)
			b.WriteByte(':')
			printNested(b, t.parts[1], e.Value, spark)
		}
		b.WriteString(nestedClosing(len(v), "{", "}"))
	case Union:
		fmt.Fprintf(b, "{%d:", v.Tag)
		printNested(b, t.parts[v.Tag], v.Value, spark)
		b.WriteByte('}')
	default:
		fmt.Fprint(b, v)
	}
}

func nestedSeparator(i int, opening string) string {
	if i == 0 {
		return opening
	}
	return ","
}

func nestedClosing(n int, opening, closing string) string {
	if n == 0 {
		return opening + closing
	}
	return closing
}

func javaFloat(f float64, bits int) string {
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return strconv.FormatFloat(f, 'G', -1, bits)
}

func hiveEscape(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if i := strings.IndexByte(escapedBytes, c); i >= 0 && c != '/' {
			b.WriteString(`\` + escapes[i:i+1])
		} else if c < ' ' {
			fmt.Fprintf(&b, `\u%04x`, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// TestDecodeIsLinear reads texts that take minutes each if every byte is looked at again for
// every other, and milliseconds if not.
func TestDecodeIsLinear(t *testing.T) {
	const size, most = 1 << 18, 15 * time.Second
	for _, part := range []string{
		`[`, `{`, `"`, `,`, ` `, `\`, `\u0041`, `:`, `",`, `"]`, `" `, `, `, `[1,`, `{"a":`, `["a" `, `null `, `"\"`, `{1:`,
		`a,"`, `,"a`, ` 00:00:00`, `"a":x,`,
	} {
		text := strings.Repeat(part, size/len(part))
		for _, n := range []Nested{
			{Raw: "[" + text + "]"},
			{Raw: `["` + text + `"]`, Type: "array<string>"},
			{Raw: `{"a":"` + text + `"}`},
			{Raw: `{"a":` + text + `,"b":1}`, Type: "struct<a:binary,b:int>"},
		} {
			start := time.Now()
			_, _ = n.Decode()
			if took := time.Since(start); took > most {
				t.Fatalf("%s… as %q took %s", n.Raw[:20], n.Type, took)
			}
		}
	}
}
