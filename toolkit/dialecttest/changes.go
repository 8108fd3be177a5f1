package dialecttest

import (
	"context"
	"errors"
	"fmt"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/fn"
	"github.com/skep-go/skep/toolkit/schema"
)

// change is about statements that use a feature, and what there is behind them.
type change struct {
	before []expr.Node // what they need
	uses   []expr.Node
	gives  [][]any     // the rows that the last of them gives, if it does
	more   []expr.Node // what shows their effect
	then   question    // without a query there is nothing to be read
	after  []expr.Node // leaves nothing behind; it runs first, too, as an earlier run may have been broken off
}

// change: what is supported has the effect, and what is not is refused.
func (s *suite) change(f compile.Feature, x change) error {
	var errs []error
	if !s.has(f) {
		for _, n := range x.uses {
			errs = append(errs, s.refused(f, n))
		}
		return errors.Join(errs...)
	}
	for _, in := range s.forms() {
		_ = s.execute(x.after, in) // there is nothing to remove, most of the time
		err := s.changed(x, in)
		errs = append(errs, err, s.execute(x.after, in))
	}
	return errors.Join(errs...)
}

// has: without UPDATE … FROM and DELETE … USING, it is by MERGE that they work, and without WITH by queries in FROM.
func (s *suite) has(f compile.Feature) bool {
	if ok, _ := s.dialect.Supports(f); ok {
		return true
	}
	switch f {
	case compile.UpdateFroms, compile.DeleteUsings:
		f = compile.Merges
	case compile.ChangeCTEs:
		f = compile.Deletes
	}
	ok, _ := s.dialect.Supports(f)
	return ok
}

func (s *suite) changed(x change, in form) error {
	if err := s.execute(x.before, in); err != nil {
		return err
	}
	uses := x.uses
	if x.gives != nil {
		uses = uses[:len(uses)-1]
	}
	if err := s.execute(uses, in); err != nil {
		return err
	}
	if x.gives != nil {
		if err := s.answer(question{rows: x.gives}, x.uses[len(uses)], in); err != nil {
			return err
		}
	}
	if err := s.execute(x.more, in); err != nil || x.then.query == nil {
		return err
	}
	return s.answer(x.then, x.then.query, in)
}

// execute compiles statements and, if there is a server, has it execute them.
func (s *suite) execute(list []expr.Node, in form) error {
	for _, n := range list {
		text, args, err := s.text(n, in)
		if err != nil {
			return err
		}
		if s.server.DB == nil {
			continue
		}
		ctx := context.WithoutCancel(s.ctx) // what was begun is also removed
		if _, err := s.server.DB.ExecContext(ctx, text, args...); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}

// crew is a table that tests make, change and drop.
type crew struct {
	expr.Table
	ID   expr.Int `col:"id"`
	Name expr.String
	Age  expr.Int
}

const crewName = "suite_crew"

// named is a table or view of that name, in the schema of the server.
func (s *suite) named(name string, items ...schema.Item) *schema.Table {
	return schema.NewTable(schema.NewMetaData(schema.DefaultSchema(s.server.Schema)), name, items...)
}

// crew is the table as it can be changed, and the statements that make, fill and drop it.
func (s *suite) crew() (t crew, fill, drop []expr.Node) {
	items := []schema.Item{schema.Col("id", schema.BigInt), schema.Col("name", schema.String), schema.Col("age", schema.BigInt)}
	declared := s.named(crewName, append(items, s.server.Changeable...)...)
	t = expr.Bind[crew](declared)
	fill = []expr.Node{ddl.CreateTable(declared)}
	rows := expr.Insert(t).Values(1, "ann", 30).Values(2, "bob", 25).Values(3, "cid", nil).Values(4, "dee", 41)
	if ok, _ := s.dialect.Supports(compile.MultiRowInserts); ok {
		fill = append(fill, rows)
	} else {
		for _, row := range rows.Rows {
			one := expr.Insert(t)
			one.Rows = []expr.InsertRow{row}
			fill = append(fill, one)
		}
	}
	return t, fill, []expr.Node{ddl.DropTable(declared)}
}

// ofCrew is a change of the table, once it is filled, and the rows that it then has.
func (s *suite) ofCrew(t crew, stmt expr.Node, want ...[]any) change {
	_, fill, drop := s.crew()
	return change{before: fill, uses: []expr.Node{stmt}, then: question{query: expr.Select(t), rows: want}, after: drop}
}

// changes use the features of statements that change rows, one each.
var changes = map[compile.Feature]func(s *suite) change{
	compile.MultiRowInserts: func(s *suite) change {
		t, fill, drop := s.crew()
		return change{
			before: fill[:1],
			uses:   []expr.Node{expr.Insert(t).Values(1, "it's", 7).Set(t.Name.ToNull(), t.ID.To(2), expr.To(t.Age, lit(3).Add(4)))},
			then:   question{query: expr.Select(t), rows: rows(row(n(1), "it's", n(7)), row(n(2), nil, n(7)))},
			after:  drop,
		}
	},
	compile.InsertDefaults: func(s *suite) change {
		t := s.named(crewName, schema.Col("id", schema.BigInt, schema.ServerDefault(7)), schema.Col("name", schema.String))
		return change{
			before: []expr.Node{ddl.CreateTable(t)},
			uses:   []expr.Node{expr.Insert(expr.T(t)).DefaultValues()},
			then:   question{query: expr.Select(expr.T(t)), rows: rows(row(n(7), nil))},
			after:  []expr.Node{ddl.DropTable(t)},
		}
	},
	compile.Updates: func(s *suite) change {
		t, _, _ := s.crew()
		return s.ofCrew(
			t, expr.Update(t).Set(t.Name.To("it's"), expr.To(t.Age, t.Age.Add(1))).Where(t.ID.Le(2)),
			row(n(1), "it's", n(31)), row(n(2), "it's", n(26)), row(n(3), "cid", nil), row(n(4), "dee", n(41)),
		)
	},
	compile.UpdateFroms: func(s *suite) change {
		t, _, _ := s.crew()
		return s.ofCrew(
			t, expr.Update(t).Set(expr.To(t.Name, s.people.City)).From(s.people).Where(expr.Eq(t.ID, s.people.ID), s.people.Age.Gt(26)),
			row(n(1), "Oslo", n(30)), row(n(2), "bob", n(25)), row(n(3), "cid", nil), row(n(4), nil, n(41)),
		)
	},
	compile.Deletes: func(s *suite) change {
		t, _, _ := s.crew()
		return s.ofCrew(t, expr.Delete(t).Where(t.Age.Gt(26)), row(n(2), "bob", n(25)), row(n(3), "cid", nil))
	},
	compile.DeleteUsings: func(s *suite) change {
		t, _, _ := s.crew()
		return s.ofCrew(
			t, expr.Delete(t).Using(s.people).Where(expr.Eq(t.ID, s.people.ID), s.people.City.Eq("Oslo")),
			row(n(2), "bob", n(25)), row(n(4), "dee", n(41)),
		)
	},
	compile.Merges: func(s *suite) change {
		t, _, _ := s.crew()
		days := expr.Select(s.visits.Person, fn.Max(s.visits.Day).As("day")).GroupBy(s.visits.Person).Subquery("days")
		person, day := expr.Col[expr.Int](days, "person"), expr.Col[expr.Int](days, "day")
		return s.ofCrew(
			t, expr.Merge(t, days, expr.Eq(t.ID, person)).
				WhenMatched(t.Age.Lt(30)).Delete().
				WhenMatched().Update(expr.To(t.Age, day)).
				WhenNotMatched().Insert(expr.To(t.ID, person), t.Name.To("new"), expr.To(t.Age, day)),
			row(n(1), "ann", n(2)), row(n(3), "cid", nil), row(n(4), "dee", n(41)), row(n(9), "new", n(3)),
		)
	},
	compile.ChangeCTEs: func(s *suite) change {
		t, _, _ := s.crew()
		visitors := expr.Select(s.visits.Person).Where(s.visits.Day.Eq(1)).CTE("visitors")
		return s.ofCrew(
			t, expr.Delete(t).Where(t.ID.InQuery(expr.Select(visitors.C("person")))), row(n(3), "cid", nil), row(n(4), "dee", n(41)),
		)
	},
	compile.Returnings: func(s *suite) change {
		t, _, _ := s.crew()
		x := s.ofCrew(t, expr.Delete(t).Where(t.ID.Ge(2)).Returning(t.Name, t.ID.Add(1)), row(n(1), "ann", n(30)))
		x.gives = rows(row("bob", n(3)), row("cid", n(4)), row("dee", n(5)))
		return x
	},
}
