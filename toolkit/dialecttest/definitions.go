package dialecttest

import (
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// roll is a table of an id and a name, and of what else it has.
func (s *suite) roll(items ...schema.Item) *schema.Table {
	return s.named(crewName, append([]schema.Item{schema.Col("id", schema.BigInt), schema.Col("name", schema.String)}, items...)...)
}

// copied fills columns of a roll, both if none are named, from those of people.
func (s *suite) copied(t *schema.Table, columns ...string) expr.Node {
	if columns == nil {
		columns = []string{"id", "name"}
	}
	into, q := expr.Insert(expr.T(t)), expr.Select()
	for _, name := range columns {
		into, q = into.Columns(expr.T(t).C(name)), q.Columns(s.people.Source.C(name))
	}
	return into.FromSelect(q)
}

// ids asks for those of all rows of a table. Their number alone some servers take from statistics.
func ids(t *schema.Table, want ...any) question {
	return question{query: expr.Select(expr.T(t).C("id")), rows: column(want...)}
}

// definitions use the features of statements that make, change and drop tables and the like, one each.
var definitions = map[compile.Feature]func(s *suite) change{
	compile.Schemas: func(*suite) change {
		create, drop := ddl.CreateSchema("suite_schema"), ddl.DropSchema("suite_schema")
		return change{uses: []expr.Node{create, drop, create}, after: []expr.Node{drop}}
	},
	compile.IfExists: func(s *suite) change {
		t := s.roll()
		create := ddl.CreateTable(t).IfNotExists()
		return change{
			uses: []expr.Node{ddl.DropTable(t).IfExists(), create, create}, then: ids(t), after: []expr.Node{ddl.DropTable(t)},
		}
	},
	compile.ReplacedViews: func(s *suite) change {
		v := s.named("suite_view", schema.Col("x", schema.BigInt))
		of := func(x expr.Int) expr.Node { return ddl.CreateView(v, expr.Select(x).From(s.people)).OrReplace() }
		return change{
			uses:  []expr.Node{of(s.people.ID), of(s.people.Age)},
			then:  question{query: expr.Select(expr.T(v)), rows: column(n(30), n(25), nil, n(41))},
			after: []expr.Node{ddl.DropView(v)},
		}
	},
	compile.Indexes: func(s *suite) change {
		t := s.roll(schema.Index{Name: "suite_index", Columns: []string{"name"}})
		create, drop := ddl.CreateIndex(t.Indexes()[0]), ddl.DropIndex(t.Indexes()[0])
		return change{before: []expr.Node{ddl.CreateTable(t)}, uses: []expr.Node{create, drop, create}, after: []expr.Node{ddl.DropTable(t)}}
	},
	compile.AddConstraints: func(s *suite) change {
		t := s.roll()
		key := s.roll(schema.PrimaryKey{Name: "suite_key", Columns: []string{"id"}}).Constraints()[0]
		add, drop := ddl.AddConstraint(key), ddl.DropConstraint(key)
		return change{before: []expr.Node{ddl.CreateTable(t)}, uses: []expr.Node{add, drop, add}, after: []expr.Node{ddl.DropTable(t)}}
	},
	compile.NotEnforced: func(s *suite) change {
		t := s.roll(schema.PrimaryKey{Name: "suite_key", Columns: []string{"id"}, NotEnforced: true})
		return change{
			uses:  []expr.Node{ddl.CreateTable(t)},
			more:  []expr.Node{expr.Insert(expr.T(t)).Columns(expr.T(t).C("id")).FromSelect(expr.Select(s.visits.Person))},
			then:  ids(t, n(1), n(1), n(2), n(9)),
			after: []expr.Node{ddl.DropTable(t)},
		}
	},
	compile.Comments: func(s *suite) change {
		t := s.named(crewName, schema.Comment("it's"), schema.Col("id", schema.BigInt, schema.Comment("a \\ b")))
		id, _ := t.Column("id")
		return change{
			before: []expr.Node{ddl.CreateTable(t).WithoutComments()}, uses: []expr.Node{ddl.SetTableComment(t), ddl.SetColumnComment(id)},
			more: []expr.Node{s.copied(t, "id")}, then: ids(t, n(1), n(2), n(3), n(4)), after: []expr.Node{ddl.DropTable(t)},
		}
	},
	compile.InlineComments: func(s *suite) change {
		t := s.named(crewName, schema.Comment("it's"), schema.Col("id", schema.BigInt, schema.Comment("a \\ b")))
		return change{
			uses: []expr.Node{ddl.CreateTable(t)}, more: []expr.Node{s.copied(t, "id")}, then: ids(t, n(1), n(2), n(3), n(4)), after: []expr.Node{ddl.DropTable(t)},
		}
	},
	compile.ComputedColumns: func(s *suite) change {
		t := s.roll(schema.Col("twice", schema.BigInt, schema.Computed{Expr: expr.Of[expr.Int](expr.Name(crewName).C("id")).Mul(2), Stored: true}))
		return change{
			uses: []expr.Node{ddl.CreateTable(t)}, more: []expr.Node{s.copied(t)},
			then:  question{query: expr.Select(expr.T(t).C("twice")), rows: column(n(2), n(4), n(6), n(8))},
			after: []expr.Node{ddl.DropTable(t)},
		}
	},
	compile.Identities: func(s *suite) change {
		t := s.roll(schema.Col("number", schema.BigInt, schema.Identity{Start: 1}))
		return change{
			uses: []expr.Node{ddl.CreateTable(t)}, more: []expr.Node{s.copied(t)},
			then:  question{query: expr.Select(expr.T(t).C("number")), rows: column(n(1), n(2), n(3), n(4))},
			after: []expr.Node{ddl.DropTable(t)},
		}
	},
}
