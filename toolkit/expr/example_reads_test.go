package expr_test

import (
	"fmt"

	"github.com/skep-go/skep/toolkit/expr"
)

func ExampleReads() {
	carrier := expr.Col[expr.String](expr.Name("flights"), "carrier")
	text := expr.Text("SELECT count(*) FROM flights")

	fmt.Println(expr.Reads(expr.Select(carrier)))
	fmt.Println(expr.Reads(expr.Insert(expr.Name("flights")).Set(carrier.To("UA"))))
	fmt.Println(expr.Reads(text), expr.Reads(text.ReadOnly()))
	// Output:
	// true
	// false
	// false true
}
