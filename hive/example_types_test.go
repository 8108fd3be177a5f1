package hive_test

import (
	"fmt"
	"log"
	"math/big"
	"time"

	"github.com/skep-go/skep/hive"
)

func ExampleNested_Unmarshal() {
	// As scanned from a column of type array<struct<carrier:string,delay:int,fare:decimal(7,2)>>.
	flights := hive.Nested{Raw: `[{"carrier":"UA","delay":11,"fare":129.9},{"carrier":"AA","delay":null,"fare":80}]`}

	var legs []struct {
		Carrier string
		Minutes *int `hive:"delay"`
		Fare    hive.Decimal
	}
	if err := flights.Unmarshal(&legs); err != nil {
		log.Fatal(err)
	}
	for _, leg := range legs {
		late := "unknown"
		if leg.Minutes != nil {
			late = fmt.Sprint(*leg.Minutes, " minutes late")
		}
		fmt.Println(leg.Carrier, leg.Fare, late)
	}
	// Output:
	// UA 129.9 11 minutes late
	// AA 80 unknown
}

func ExampleNested_Decode() {
	prices := hive.Nested{
		Raw:  `{"2020-01-02":1.5,"2020-01-03":2}`,
		Type: "map<date,decimal(5,2)>",
	}
	v, err := prices.Decode()
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range v.(hive.Map) {
		fmt.Println(e.Key.(hive.Date).Month, e.Value.(hive.Decimal))
	}
	// Output:
	// January 1.50
	// January 2.00
}

func ExampleDecimal() {
	price, err := hive.ParseDecimal("12345678901234567890.10")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(price, "has scale", price.Scale())

	half := new(big.Rat).Mul(price.Rat(), big.NewRat(1, 2)) // exact
	fmt.Println(half.FloatString(3))
	// Output:
	// 12345678901234567890.10 has scale 2
	// 6172839450617283945.050
}

func ExampleIntervalDayTime() {
	wait, err := hive.ParseIntervalDayTime("1 02:03:04.500000000")
	if err != nil {
		log.Fatal(err)
	}
	d, err := wait.Duration()
	if err != nil {
		log.Fatal(err) // longer than 292 years
	}
	fmt.Println(d)
	fmt.Println(hive.IntervalOf(90 * time.Minute))
	// Output:
	// 26h3m4.5s
	// 0 01:30:00.000000000
}
