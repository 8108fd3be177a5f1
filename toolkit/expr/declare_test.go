package expr_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

type flights struct {
	expr.Table
	FlightID expr.Int                `col:",pk"`
	Carrier  expr.String             `type:"varchar(2)" col:"carrier,notnull" references:"airlines.carrier" comment:"two letters"`
	Fare     expr.Decimal            `type:"decimal(9,2)"`
	HTTPCode expr.Int                `col:",unique"`
	Stops    expr.Array[expr.String] `type:"array<string>"`
	Odd      expr.String             `name:"a, b" col:",notnull" default:"'x'"`
}

func TestDeclare(t *testing.T) {
	md := schema.NewMetaData()
	f := expr.Declare(md, "flights", flights{}, schema.Comment("of a year"))
	table := f.Table.Source.Table()
	if err := table.Err(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range table.Columns() {
		got = append(got, c.Name+" "+c.Type.String())
	}
	want := "flight_id bigint, carrier varchar(2), fare decimal(9,2), http_code bigint, stops array<string>, a, b string"
	if strings.Join(got, ", ") != want {
		t.Errorf("\n got %s\nwant %s", strings.Join(got, ", "), want)
	}
	carrier, _ := table.Column("carrier")
	if !carrier.NotNull || carrier.Comment != "two letters" || len(table.ForeignKeys()) != 1 || table.Comment != "of a year" {
		t.Errorf("carrier %+v of %+v", carrier, table)
	}
	if odd, _ := table.Column("a, b"); !odd.NotNull || odd.ServerDefault != schema.SQL("'x'") || f.Odd.Node.(*expr.Column).Column != odd {
		t.Errorf("got %+v", odd)
	}
	if n := f.Carrier.Node.(*expr.Column); n.Name != "carrier" || n.Source != f.Source || n.Column != carrier {
		t.Errorf("the field is %+v", n)
	}
}

func TestDeclareErrors(t *testing.T) {
	for _, c := range []struct {
		name    string
		declare func(*schema.MetaData) expr.From
		want    string
	}{
		{"a type that is none", func(md *schema.MetaData) expr.From {
			return expr.Declare(md, "t", struct {
				expr.Table
				A expr.Int `type:"integr"`
			}{})
		}, "field A"},
		{"a field without a type", func(md *schema.MetaData) expr.From {
			return expr.Declare(md, "t", struct {
				expr.Table
				A expr.Decimal
			}{})
		}, "field A needs a tag for its type"},
		{"an option that is none", func(md *schema.MetaData) expr.From {
			return expr.Declare(md, "t", struct {
				expr.Table
				A expr.Int `col:"a,primary"`
			}{})
		}, `field A: unknown option "primary"`},
		{"a field of another kind", func(md *schema.MetaData) expr.From {
			return expr.Declare(md, "t", struct {
				expr.Table
				A int
			}{})
		}, "field A is no column"},
		{"a column twice", func(md *schema.MetaData) expr.From {
			return expr.Declare(md, "t", struct {
				expr.Table
				A expr.Int
				B expr.Int `col:"a"`
			}{})
		}, "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			md := schema.NewMetaData()
			c.declare(md)
			if err := md.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestBind(t *testing.T) {
	table := schema.NewTable(nil, "flights", schema.Col("carrier", schema.Char(2)), schema.Col("more", schema.BigInt))
	f := expr.Bind[flights](table)
	if got := f.Carrier.Type; got != schema.Char(2) {
		t.Errorf("the type of the table is the column's: got %v", got)
	}
	fault, ok := f.Fare.Node.(*expr.Fault)
	var name *expr.NameError
	if !ok || !errors.As(fault.Err, &name) || name.Name != "fare" {
		t.Errorf("a field without a column is %+v", f.Fare.Node)
	}
}

func TestAlias(t *testing.T) {
	f := expr.Declare(schema.NewMetaData(), "flights", flights{})
	query := expr.Select(f.Carrier).Subquery("q")
	for name, src := range map[string]*expr.Source{
		"a struct":               expr.Alias(f, "x").Carrier.Node.(*expr.Column).Source,
		"a pointer to a struct":  expr.Alias(&f, "x").Carrier.Node.(*expr.Column).Source,
		"a table":                expr.Alias(f.Table, "x").C("carrier").Node.(*expr.Column).Source,
		"a query":                expr.Alias(query, "x").C("carrier").Node.(*expr.Column).Source,
		"a table, by its method": f.As("x").Source,
	} {
		if src.Name != "x" {
			t.Errorf("%s: the name is %q", name, src.Name)
		}
	}
	if got := f.Carrier.Node.(*expr.Column).Source.Name; got != "" {
		t.Errorf("the table itself is now %q", got)
	}
	if query.Name != "q" {
		t.Errorf("the query itself is now %q", query.Name)
	}
}

func TestWalk(t *testing.T) {
	a, b := expr.Lit[expr.Int](1), expr.Lit[expr.Int](2)
	var kinds []string
	expr.Walk(expr.Add(a, b).Neg().Node, func(n expr.Node) bool {
		switch n.(type) {
		case *expr.Unary:
			kinds = append(kinds, "unary")
		case *expr.Binary:
			kinds = append(kinds, "binary")
		case *expr.Value:
			kinds = append(kinds, "value")
		}
		return true
	})
	if got := strings.Join(kinds, " "); got != "unary binary value value" {
		t.Errorf("got %s", got)
	}
}

// TestZeroValues: a kind's zero value is no expression, and building on it makes a fault of it.
func TestZeroValues(t *testing.T) {
	var i expr.Int
	var s expr.String
	var b expr.Bool
	for _, e := range []expr.Expr{
		i.Add(1), i.Neg(), i.Shl(1), i.Eq(1), i.In(1), i.Between(1, 2), i.IsNull(), i.As("x"), expr.Add(i, i), expr.And(b, b), expr.Not(b),
		s.Like("x"), s.Concat("x"), expr.Like(s, s), s.Collate("c"), b.IsTrue(), expr.When(b, i).Else(i), expr.Over(i, expr.PartitionBy(i).OrderBy(i.Desc())),
		expr.Filter(i, b), expr.Cast[expr.Int](s, schema.BigInt), expr.Extract(expr.Day, s), expr.Row(i, s), expr.CallTyped[expr.Int]("f", nil, i),
		expr.Array[expr.Int]{}.At(1), expr.Map[expr.String, expr.Int]{}.Key(s), expr.Struct{}.Field("x"), expr.Date{}.Add(expr.Interval{N: 1, Unit: expr.Day}),
	} {
		var shape expr.Shape
		expr.TermOf(e).Node.Shape(&shape)
		if !shape.Opaque() {
			t.Errorf("%T has no fault in it", expr.TermOf(e).Node)
		}
	}
}
