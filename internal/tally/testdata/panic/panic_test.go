package panic

import "testing"

func TestA(*testing.T) {
	go panic("loud")
	select {}
}
