package compile_test

import (
	"testing"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Tables that are related in all ways.
var (
	relations = schema.NewMetaData()
	cities    = expr.T(schema.NewTable(relations, "cities",
		schema.Col("country", schema.String, schema.PK), schema.Col("name", schema.String, schema.PK)))
	trips = expr.T(schema.NewTable(relations, "trips",
		schema.Col("id", schema.BigInt, schema.PK),
		schema.Col("country", schema.String), schema.Col("city", schema.String),
		schema.ForeignKey{Columns: []string{"country", "city"}, RefTable: "cities"}))
	staff = expr.T(schema.NewTable(relations, "staff",
		schema.Col("id", schema.BigInt, schema.PK), schema.Col("boss", schema.BigInt, schema.References("staff.id"))))
	letters = expr.T(schema.NewTable(relations, "letters",
		schema.Col("sender", schema.BigInt, schema.References("staff.id")),
		schema.Col("receiver", schema.BigInt, schema.References("staff.id"))))
	lost = expr.T(schema.NewTable(relations, "lost",
		schema.Col("id", schema.BigInt, schema.References("nowhere.id"))))
)

func TestJoins(t *testing.T) {
	a := things.A
	boss, other := staff.As("boss"), expr.Alias(things, "other")
	checkTexts(t, []textCase{
		{"by the foreign key", expr.Select(a).Join(items), "SELECT things.a FROM things JOIN items ON items.thing = things.a"},
		{"by the foreign key, the other way", expr.Select(items.ID).Join(things), "SELECT items.id FROM items JOIN things ON items.thing = things.a"},
		{
			"by the foreign key, of an alias", expr.Select(a).Join(expr.Alias(items, "i")),
			"SELECT things.a FROM things JOIN items AS i ON i.thing = things.a",
		},
		{
			"by a foreign key of several columns", expr.Select(trips.C("id")).LeftJoin(cities),
			"SELECT trips.id FROM trips LEFT JOIN cities ON trips.country = cities.country AND trips.city = cities.name",
		},
		{"by a condition", expr.Select(a).Join(items, items.ID.Eq(1), expr.Eq(items.Thing, a)), "SELECT things.a FROM things JOIN items ON items.id = 1 AND items.thing = things.a"},
		{"left", expr.Select(a).LeftJoin(items), "SELECT things.a FROM things LEFT JOIN items ON items.thing = things.a"},
		{"right", expr.Select(a).RightJoin(items), "SELECT things.a FROM things RIGHT JOIN items ON items.thing = things.a"},
		{"full", expr.Select(a).FullJoin(items), "SELECT things.a FROM things FULL JOIN items ON items.thing = things.a"},
		{"cross", expr.Select(a).CrossJoin(items), "SELECT things.a FROM things CROSS JOIN items"},
		{"using", expr.Select(a).JoinUsing(items, "a", "b"), "SELECT things.a FROM things JOIN items USING (a, b)"},
		{
			"to an alias of itself", expr.Select(staff.C("id")).Join(boss, expr.Eq(staff.C("boss"), boss.C("id"))),
			"SELECT staff.id FROM staff JOIN staff AS boss ON staff.boss = boss.id",
		},
		{
			"several", expr.Select(a).Join(items).Join(other, expr.Eq(other.A, items.ID)),
			"SELECT things.a FROM things JOIN items ON items.thing = things.a JOIN things AS other ON other.a = items.id",
		},
		{
			"behind two tables", expr.Select(a, airlines.Name).Join(items),
			"SELECT things.a, airlines.name FROM things CROSS JOIN airlines JOIN items ON items.thing = things.a",
		},
		{
			"a query", expr.Select(a).Join(expr.Select(items.Thing).Subquery("q"), a.Gt(1)),
			"SELECT things.a FROM things JOIN (SELECT items.thing FROM items) AS q ON things.a > 1",
		},
		{
			"nothing but joined columns", expr.Select(items.ID).From(things).Join(items),
			"SELECT items.id FROM things JOIN items ON items.thing = things.a",
		},
	})
}
