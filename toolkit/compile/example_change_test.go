package compile_test

import (
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

var stock = expr.Declare(schema.NewMetaData(), "stock", struct {
	expr.Table
	ID   expr.Int    `col:"id,pk"`
	Name expr.String `col:"name"`
}{})

func Example_change() {
	show(expr.Insert(stock).Set(stock.ID.To(1), stock.Name.To("it's")))
	show(expr.Insert(stock).Columns(stock.ID, stock.Name).Values(1, "a").Values(2, nil))
	show(expr.Update(stock).Set(expr.To(stock.ID, stock.ID.Add(1))).Where(stock.Name.IsNull()))
	show(expr.Delete(stock).Where(stock.ID.In(1, 2)))
	// Output:
	// INSERT INTO stock (id, name) VALUES (1, 'it''s')
	// INSERT INTO stock (id, name) VALUES (1, 'a'), (2, NULL)
	// UPDATE stock SET id = id + 1 WHERE name IS NULL
	// DELETE FROM stock WHERE id IN (1, 2)
}

func Example_text() {
	show(expr.Text("SELECT ':id' FROM stock WHERE id IN :id", expr.P("id", []int{1, 2})))
	q := expr.Text("SELECT id, count(*) AS n FROM stock GROUP BY id").
		Columns(schema.Col("id", schema.BigInt), schema.Col("n", schema.BigInt)).Subquery("counts")
	show(expr.Select(q.C("id")).Where(expr.Of[expr.Int](q.C("n")).Gt(1)))
	// Output:
	// SELECT ':id' FROM stock WHERE id IN (1, 2)
	// SELECT counts.id FROM (SELECT id, count(*) AS n FROM stock GROUP BY id) AS counts WHERE counts.n > 1
}
