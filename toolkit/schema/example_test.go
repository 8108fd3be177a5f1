package schema_test

import (
	"fmt"
	"log"

	"github.com/skep-go/skep/toolkit/schema"
)

func Example() {
	md := schema.NewMetaData()
	airlines := schema.NewTable(md, "airlines",
		schema.Col("carrier", schema.VarChar(2), schema.PK),
		schema.Col("name", schema.String, schema.NotNull, schema.Comment("as it is painted on the aircraft")),
	)
	flights := schema.NewTable(md, "flights",
		schema.Col("carrier", schema.VarChar(2), schema.References("airlines.carrier")),
		schema.Col("day", schema.Date),
		schema.Col("fare", schema.Numeric(9, 2)),
	)
	if err := md.Err(); err != nil {
		log.Fatal(err)
	}
	for _, c := range airlines.PrimaryKey() {
		fmt.Println(c.Name, c.Type)
	}
	parent, _, err := flights.ForeignKeys()[0].Target()
	fmt.Println(parent.Name, err)
	// Output:
	// carrier varchar(2)
	// airlines <nil>
}

func ExampleParseType() {
	t, err := schema.ParseType("ARRAY<STRUCT<carrier: VARCHAR(2), fare: NUMERIC(9, 2) COMMENT 'paid'>>")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(t)
	fmt.Println(t == schema.Array(schema.Struct(
		schema.Field{Name: "carrier", Type: schema.VarChar(2)},
		schema.Field{Name: "fare", Type: schema.Numeric(9, 2), Comment: "paid"},
	)))
	_, err = schema.ParseType("map<string, decimal(2,3)>")
	fmt.Println(err)
	// Output:
	// array<struct<carrier:varchar(2),fare:decimal(9,2) comment 'paid'>>
	// true
	// schema: type "map<string, decimal(2,3)>" at 12: want a precision from 1, and a scale from 0 to the precision
}

func ExampleTable_Err() {
	t := schema.NewTable(nil, "airlines",
		schema.Col("carrier", schema.VarChar(2)),
		schema.Unique{Columns: []string{"name"}},
	)
	fmt.Println(t.Err())
	// Output:
	// schema: table airlines: unique constraint: the table has no column name
}

func ExampleMetaData_Sorted() {
	md := schema.NewMetaData()
	schema.NewTable(md, "flights", schema.Col("carrier", schema.VarChar(2), schema.References("airlines.carrier")))
	schema.NewTable(md, "airlines", schema.Col("carrier", schema.VarChar(2), schema.PK))
	tables, err := md.Sorted()
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range tables {
		fmt.Println(t.Name)
	}
	// Output:
	// airlines
	// flights
}

func ExampleTable_CopyTo() {
	md := schema.NewMetaData(schema.DefaultSchema("live"))
	airlines := schema.NewTable(md, "airlines", schema.Col("carrier", schema.VarChar(2)))
	fmt.Println(airlines.CopyTo(md, schema.In("staging")).FullName())
	fmt.Println(airlines.CopyTo(md, schema.As("airlines_new")).FullName())
	// Output:
	// staging.airlines
	// live.airlines_new
}

func ExampleNaming() {
	md := schema.NewMetaData(schema.Naming{PK: "pk_%t", FK: "fk_%t_%c_%r"})
	flights := schema.NewTable(md, "flights",
		schema.Col("id", schema.UUID, schema.PK),
		schema.Col("carrier", schema.VarChar(2), schema.References("airlines.carrier")),
	)
	for _, k := range flights.Constraints() {
		fmt.Println(k.ConstraintName())
	}
	// Output:
	// pk_flights
	// fk_flights_carrier_airlines
}

// money is an amount in cents for the program, and a decimal for the database.
type money struct{}

func (money) String() string    { return "money" }
func (money) Impl() schema.Type { return schema.Numeric(12, 2) }

func (money) ToDB(v any) (any, error) {
	cents, ok := v.(int64)
	if !ok {
		return nil, fmt.Errorf("money: got %T, want int64", v)
	}
	return schema.Decimal(fmt.Sprintf("%d.%02d", cents/100, cents%100)), nil
}

func (money) FromDB(v any) (any, error) {
	var euros, cents int64
	if _, err := fmt.Sscanf(fmt.Sprint(v), "%d.%d", &euros, &cents); err != nil {
		return nil, err
	}
	return euros*100 + cents, nil
}

func ExampleCustom() {
	fares := schema.NewTable(nil, "fares", schema.Col("fare", money{}))
	fare := fares.Columns()[0].Type.(schema.Custom)
	v, err := fare.ToDB(int64(12950))
	fmt.Println(v, fare.Impl(), err)
	// Output:
	// 129.50 decimal(12,2) <nil>
}
