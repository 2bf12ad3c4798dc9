"""All questions of the notebooks, with their answers, as a table.

The wrong answers are those that students give. What they believe is in the table of
misconceptions of docs/for-teachers.md, in the same words. The key for teachers is
docs/guesses.md.
"""

from tinycnn.lessons.question import Between, Question, Wrong

LETTERS_3, LETTERS_4 = tuple("abc"), tuple("abcd")

_ALL = (
    # -- 1: a photo is an array -------------------------------------------------------
    Question(
        "dark channel",
        1,
        "Look closely",
        "blue",
        "yellow light is red and green light together, so only the blue numbers are "
        "small.",
        (
            Wrong(
                "red",
                "took the red channel for the dark one",
                "Yellow light contains much red light, so its red numbers are large. "
                "Compare the three pictures where Pikachu stands.",
                "A yellow pixel has a yellow number.",
            ),
            Wrong(
                "green",
                "took the green channel for the dark one",
                "There is no yellow channel: red and green light together look "
                "yellow. Compare the three pictures where Pikachu stands.",
                "A yellow pixel has a yellow number.",
            ),
        ),
        "Run the next cell: in which picture is Pikachu dark?",
        choices=("red", "green", "blue"),
    ),
    Question(
        "four changes",
        1,
        "Four changes, one line each",
        "bdac",
        "the axes are rows, columns, channels; ::-1 goes backwards along its axis, "
        "and ::2 takes every second place.",
        (
            Wrong(
                "cdab",
                "took the second axis for the channels and the third for the columns",
                "The order is rows, columns, channels. Which axis does [:, ::-1] turn "
                "round?",
                "x is the column and comes first.",
            ),
            Wrong(
                "adbc",
                "read ::-1 as a minus",
                "A slice picks numbers and changes none: ::-1 counts backwards. Only "
                "one of the four lines computes new numbers.",
                "::-1 makes the numbers negative.",
            ),
            Wrong(
                "dbac",
                "took ::-1 for the smaller photo and ::2 for the mirror",
                "::2 takes every second place, so half are left; ::-1 takes all of "
                "them, backwards. Look at the shapes above the pictures.",
                "::-1 makes the numbers negative.",
            ),
        ),
        "Run the next cell and take the lines one by one: which axis is changed?",
        choices=LETTERS_4,
    ),
    Question(
        "200 + 100",
        1,
        "A trap: small whole numbers",
        44.0,
        "a byte starts again at 0 after 255, so 256 is lost: 300 - 256 = 44.",
        (
            Wrong(
                300.0,
                "added as on paper",
                "A byte has no room for 300: it holds 0 to 255. Run the next cell.",
                "Numbers in a computer are the numbers of mathematics.",
            ),
            Wrong(
                255.0,
                "stopped at the largest number",
                "Some programs for photos do that; a byte alone does not. Run the "
                "next cell.",
                "Numbers in a computer are the numbers of mathematics.",
            ),
            Wrong(
                45.0,
                "took away 255",
                "Nearly: a byte has 256 different numbers, 0 is one of them.",
                "The first place is place 1.",
            ),
        ),
        "A byte holds 0 to 255. What could come after 255? Run the next cell.",
        typed="a whole number",
    ),
    # -- 2: sliding a kernel ----------------------------------------------------------
    Question(
        "next number",
        2,
        "By hand",
        3.0,
        "the window has ones under three of the kernel's five ones.",
        (
            Wrong(
                7.0,
                "added up the window and left out the kernel",
                "Where the kernel is 0, the product is 0: such a pixel does not count.",
                "The kernel says where to look, and the window is added up.",
            ),
            Wrong(
                2.0,
                "moved the kernel down",
                "Down is the first index, right is the second. The window of the next "
                "cell is IMAGE_5X5[0:3, 1:4].",
                "x is the column and comes first.",
            ),
            Wrong(
                1.0,
                "multiplied the first row by the first column, as for matrices",
                "Number times number, nine products, one sum: write them all down.",
                "Convolution is a matrix product of photo and kernel.",
            ),
            Wrong(
                4.0,
                "left the kernel where it was",
                "4 is the number of the first window. The second one begins a column "
                "further to the right.",
                "The kernel says where to look, and the window is added up.",
            ),
        ),
        "Write down the nine products of the new window, then run the next cell.",
        typed="a whole number",
    ),
    Question(
        "nine ones",
        2,
        "Four loops",
        5.0,
        "only the kernel's five ones count, and under each of them is a 1.",
        (
            Wrong(
                9.0,
                "added up the nine ones",
                "Four of them lie under a 0 of the kernel, so their products are 0.",
                "The kernel says where to look, and the window is added up.",
            ),
            Wrong(
                Between(0, 4.99),
                "thought that a window which looks different gets less",
                "What would make the sum smaller? The kernel has no number below 0.",
                "A large number means that the window looks like the kernel.",
            ),
        ),
        "Multiply the nine ones by the kernel, number by number, and add up.",
        typed="a whole number",
    ),
    Question(
        "even colour",
        2,
        "On a photo",
        0.0,
        "eight times the middle minus eight equal neighbours is 0, whatever the "
        "colour.",
        (
            Wrong(
                0.7,
                "thought that an even area stays as it is",
                "That is so if the numbers of a kernel add up to 1. What do these add "
                "up to?",
                "An edge kernel changes the edges and leaves the rest of the photo.",
            ),
            Wrong(
                5.6,
                "forgot the eight neighbours",
                "8 x 0.7 is the middle alone; each neighbour takes 0.7 away again.",
                "An edge kernel changes the edges and leaves the rest of the photo.",
            ),
        ),
        "8 x 0.7 for the middle: and the eight neighbours?",
        tolerance=0.001,
    ),
    Question(
        "emboss",
        2,
        "Your own kernel",
        "a",
        "its numbers add up to 1, so an even area of 0.7 gives 1 x 0.7.",
        (
            Wrong(
                "b",
                "took it for an edge kernel",
                "An even area becomes black if the numbers add up to 0. Add up these "
                "nine.",
                "A kernel with numbers below 0 makes even areas black.",
            ),
            Wrong(
                "c",
                "looked at the large numbers alone",
                "The numbers below 0 count as well: add up all nine.",
                "A kernel with large numbers makes the photo brighter.",
            ),
        ),
        "Add up the nine numbers.",
        choices=LETTERS_3,
    ),
    Question(
        "direction",
        2,
        "A kernel has a direction",
        "vertical",
        "it compares right with left, and that changes where an upright line is.",
        (
            Wrong(
                "horizontal",
                "took the direction in which the kernel compares for that of the edge",
                "From left to right it compares across an edge; the edge itself goes "
                "up and down. Look for upright lines in the first picture.",
                "A kernel that compares left with right finds horizontal edges.",
            ),
            Wrong(
                "both",
                "thought that an edge is an edge",
                "Along a horizontal edge, left and right are equal, and the sum is 0.",
                "An edge kernel finds edges of all directions.",
            ),
        ),
        "Look for upright lines in the first picture.",
        choices=("vertical", "horizontal", "both"),
    ),
    # -- 3: windows as rows -----------------------------------------------------------
    Question(
        "32 kernels",
        3,
        "One row per window",
        "b",
        "the windows are the same for all kernels; each kernel is one more column.",
        (
            Wrong(
                "a",
                "gave each kernel windows of its own",
                "The windows come from the picture, and it has not changed.",
                "Each kernel needs windows, and a loop, of its own.",
            ),
            Wrong(
                "c",
                "went through the kernels in a loop",
                "A matrix product does this loop for us: one column of the result for "
                "each column on the right.",
                "Each kernel needs windows, and a loop, of its own.",
            ),
        ),
        "Run the next cell and compare the shapes with (9, 9) @ (9, 1).",
        choices=LETTERS_3,
    ),
    Question(
        "nine messages",
        3,
        "The way back",
        "sum",
        "all nine windows change with the pixel, so their effects add up.",
        (
            Wrong(
                "mean",
                "took the mean",
                "Each window changes by its whole message, not by a ninth of it. The "
                "next cell tries it.",
                "Several messages for one number are averaged.",
            ),
            Wrong(
                "first",
                "took the first",
                "The other eight windows change, too. The next cell tries it.",
                "A number that is used several times gets one message.",
            ),
            Wrong(
                "last",
                "took the last",
                "That is what a program with = where += should be does: the last "
                "window overwrites the others. The next cell tries it.",
                "A number that is used several times gets one message.",
            ),
        ),
        "The next cell adds 1 to the pixel and looks.",
        choices=("first", "last", "mean", "sum"),
    ),
    Question(
        "there and back",
        3,
        "The way back",
        "c",
        "each pixel was copied into as many windows as see it, and the copies are "
        "added.",
        (
            Wrong(
                "a",
                "took adding for the opposite of copying",
                "A pixel in nine windows comes back nine times. Compare with the "
                "picture of counts above.",
                "col2im undoes im2col.",
            ),
            Wrong(
                "b",
                "put every pixel into nine windows",
                "A corner is in one window only. Compare with the picture of counts "
                "above.",
                "Every pixel is in equally many windows.",
            ),
        ),
        "How often does a pixel of the corner come back?",
        choices=LETTERS_3,
    ),
    # -- 4: pooling -------------------------------------------------------------------
    Question(
        "four averages",
        4,
        "Sixteen numbers become four",
        (4.0, 1.0, 3.0, 3.0),
        "each is the sum of the square's four numbers, divided by 4.",
        (
            Wrong(
                (16.0, 4.0, 12.0, 12.0),
                "took the sums",
                "The average is the sum divided by how many numbers there are.",
                "It does not matter which kind of pooling it is.",
            ),
            Wrong(
                (7.0, 2.0, 4.0, 9.0),
                "took the largest numbers",
                "That is max pooling. The average counts all four.",
                "It does not matter which kind of pooling it is.",
            ),
            Wrong(
                (8.0, 2.0, 6.0, 6.0),
                "divided by 2",
                "A square of 2 x 2 has four numbers.",
                "A window of 2 x 2 has two numbers.",
            ),
            Wrong(
                (4.0, 1.0, 4.0, 1.0),
                "took the number in the middle of the four",
                "That is the median. The mean is the sum divided by 4.",
                "It does not matter which kind of pooling it is.",
            ),
        ),
        "Add up each square of four numbers and divide by 4; go row by row.",
        typed="four numbers: (., ., ., .)",
    ),
    Question(
        "half of 29",
        4,
        "Does it always halve?",
        14.0,
        "fourteen windows of two need 28 rows, and a half window does not count.",
        (
            Wrong(
                14.5,
                "divided and left the half",
                "A map has a whole number of rows. What becomes of the last row?",
                "Pooling always halves.",
            ),
            Wrong(
                15.0,
                "rounded up",
                'A fifteenth window would hang over the edge. padding="same" allows '
                "that; the usual padding does not.",
                "No pixel is left out.",
            ),
        ),
        "How many windows of two rows fit into 29 rows?",
        typed="a number",
    ),
    Question(
        "shift",
        4,
        "What it keeps and what it loses",
        1.0,
        "a small shift often stays within a square; a shift by 2 moves the pooled map "
        "by a whole cell.",
        (
            Wrong(
                2.0,
                "took the size of the window for the shift that fits it",
                "A shift by 2 moves every number into the next square. Compare the "
                "columns with the second one.",
                "After pooling it does not matter where the hero stands.",
            ),
            Wrong(
                4.0,
                "thought that pooling helps more, the larger the shift",
                "A shift by 4 moves the pooled map by two cells. Compare the columns "
                "with the second one.",
                "After pooling it does not matter where the hero stands.",
            ),
        ),
        "Compare the columns after pooling with the second column, row by row.",
        typed="1, 2 or 4",
    ),
    Question(
        "message",
        4,
        "A look ahead: who gets the blame?",
        "a",
        "each input gets the message times its share in the result.",
        (
            Wrong(
                "b",
                "shared the message equally in all three",
                "Would the maximum change if one of the losers were a little larger?",
                "Every input gets an equal share of the message.",
            ),
            Wrong(
                "c",
                "gave the whole message to each input in all three",
                "If one input grows by 1, the average grows by a quarter only.",
                "Every input gets the whole message.",
            ),
            Wrong(
                "d",
                "exchanged the average and the sum",
                "If one input grows by 1, how much does the sum grow? And the average?",
                "It does not matter which kind of pooling it is.",
            ),
        ),
        "Make one input a little larger: how much does each result change?",
        choices=LETTERS_4,
    ),
    # -- 5: flattening ----------------------------------------------------------------
    Question(
        "second number",
        5,
        "A stack of maps, and a row",
        1.0,
        "the last axis, the channel, runs fastest.",
        (
            Wrong(
                10.0,
                "read one channel after the other",
                "Some libraries do that. Here the channel is the last axis, and the "
                "last axis runs fastest.",
                "Flattening takes one channel after the other.",
            ),
            Wrong(
                100.0,
                "went down the first column",
                "The row is the first axis, and the first axis runs slowest.",
                "x is the column and comes first.",
            ),
        ),
        "Run the next cell and read the first two numbers.",
        typed="1, 10 or 100",
    ),
    Question(
        "two places",
        5,
        "A stack of maps, and a row",
        (10.0, 0.0, 1.0, 1.0),
        "(1 * 3 + 2) * 2 + 0 = 10; and 3 is pixel 1 (row 0, column 1), channel 1.",
        (
            Wrong(
                (5.0, 1.0, 0.0, 0.0),
                "counted one channel after the other",
                "Follow the grey line in the picture above: it visits both channels "
                "of a pixel first.",
                "Flattening takes one channel after the other.",
            ),
            Wrong(
                (10.0, 1.0, 0.0, 1.0),
                "went down the columns",
                "After the channels of a pixel comes the next pixel to the right.",
                "x is the column and comes first.",
            ),
            Wrong(
                (11.0, 0.0, 1.0, 0.0),
                "counted from 1",
                "The first place is place 0, as row 0 is the first row.",
                "The first place is place 1.",
            ),
        ),
        "Put the numbers into the formula, or follow the line in the picture above.",
        typed="four numbers: (place, row, column, channel)",
    ),
    Question(
        "another order",
        5,
        "Does the order matter?",
        "b",
        "each number needs the weight that belongs to it, wherever both stand.",
        (
            Wrong(
                "a",
                "thought of the sum alone",
                "The order of a sum does not matter, but each number is first "
                "multiplied by the weight at its place.",
                "The order of the inputs never matters.",
            ),
            Wrong(
                "c",
                "thought that one order is the right one",
                "If the weights move together with the numbers, each product is the "
                "same as before.",
                "There is one right order.",
            ),
        ),
        "Which weight meets which number?",
        choices=LETTERS_3,
    ),
    Question(
        "mixed photos",
        5,
        "What the row has lost",
        "c",
        "for each set of weights there is a mixed set that gives the same result.",
        (
            Wrong(
                "a",
                "thought that the layer needs the neighbours",
                "It adds up all numbers, each with its own weight. Who stands beside "
                "whom is not in that sum: compare the two columns.",
                "The network knows which pixels are neighbours.",
            ),
            Wrong(
                "b",
                "took the mixing for an exercise that makes the layer better",
                "All photos are mixed in the same way, so nothing is added and "
                "nothing taken away: compare the two columns.",
                "Augmentation always helps.",
            ),
        ),
        "Compare the two columns of losses.",
        choices=LETTERS_3,
    ),
    # -- 6: full connection -----------------------------------------------------------
    Question(
        "who wins",
        6,
        "One output, four inputs",
        "Pikachu",
        "1.35 + 0.08 - 1.00 - 0.10 + 0.10 = 0.43, which is above 0.",
        (
            Wrong(
                "neither",
                "counted two against two",
                "A vote has a size: multiply each input by its weight, and add up.",
                "The class with the most votes wins.",
            ),
            Wrong(
                "Iron Man",
                "looked at the largest weight, -2",
                "A vote is input times weight, and the input of this one is only 0.5.",
                "The largest weight decides.",
            ),
        ),
        "Multiply each input by its weight, and add up.",
        choices=("Pikachu", "Iron Man", "neither"),
    ),
    Question(
        "in the kernels",
        6,
        "Many outputs",
        864.0,
        "each kernel has 3 x 3 x 3 = 27 numbers, and 32 x 27 = 864.",
        (
            Wrong(
                288.0,
                "forgot the three colours",
                "A kernel has 3 x 3 numbers for each of the three channels.",
                "A kernel has nine numbers, whatever the number of channels.",
            ),
            Wrong(
                896.0,
                "counted the 32 biases, too",
                "That is what the table shows for the layer. How many are in the "
                "kernels?",
                "The bias is one of the kernel's numbers.",
            ),
            Wrong(
                Between(10_000, 3_937_409),
                "put a good part of the numbers into the convolution",
                "The same small kernel is used in every window. Where are the others? "
                "Look at the column of parameters.",
                "Most numbers of the network are in its convolution.",
            ),
        ),
        "Kernels, times rows, times columns, times channels.",
        typed="a whole number",
    ),
    Question(
        "two layers",
        6,
        "Two layers without a bend",
        "b",
        "first @ second is again one matrix.",
        (
            Wrong(
                "a",
                "thought that two layers see more than one",
                "(x @ first) @ second is x @ (first @ second). Compare the two lines.",
                "More layers are better, even without ReLU.",
            ),
            Wrong(
                "c",
                "thought of the numbers to learn",
                "There are more numbers, but each result that they can give, one "
                "matrix can give, too. Compare the two lines.",
                "More layers are better, even without ReLU.",
            ),
        ),
        "Compare the two lines that the next cell prints.",
        choices=LETTERS_3,
    ),
    Question(
        "even middle",
        6,
        "The votes of a photo",
        96.0,
        "this network hardly needs the shapes in the middle.",
        (
            Wrong(
                Between(40, 60),
                "expected a coin toss: no shape, no answer",
                "Was it the shape that this network had learnt?",
                "A good test result means it knows the shape.",
            ),
            Wrong(
                Between(60, 86),
                "gave the shape an important part",
                "Look how little is lost without it.",
                "A good test result means it knows the shape.",
            ),
        ),
        "Run the next cell, and compare with the 98 % above.",
        typed="how many of 100",
        tolerance=8,
        is_percentage=True,
    ),
    Question(
        "without colours",
        6,
        "The votes of a photo",
        86.0,
        "much is lost, but yellow is still brighter than red, and shapes are left.",
        (
            Wrong(
                Between(94, 100),
                "thought that colours are not needed",
                "What did it lean on when the shape was painted over?",
                "A good test result means it knows the shape.",
            ),
            Wrong(
                Between(40, 65),
                "thought that nothing is left without colours",
                "It learns anew from the grey photos, and yellow is brighter than red.",
                "What was taken away is all that it can use.",
            ),
        ),
        "Run the next cell, and compare with the 98 % above.",
        typed="how many of 100",
        tolerance=7,
        is_percentage=True,
    ),
    Question(
        "counting",
        6,
        "Counting or adding?",
        99.0,
        "the count says Iron Man every time, and half of the photos are Pikachu.",
        (
            Wrong(
                Between(0, 50),
                "expected counting to be nearly the same as adding",
                "A vote of 0.001 counts as much as one of 2. How much do the sizes "
                "tell?",
                "The class with the most votes wins.",
            ),
            Wrong(
                Between(140, 200),
                "expected the count to be wrong nearly every time",
                "The count hardly depends on the photo: look at how often it says "
                "Pikachu.",
                "The class with the most votes wins.",
            ),
        ),
        "Run the next cell: how often does the count say Pikachu?",
        typed="how many of 200",
        tolerance=30,
    ),
    # -- 7: sigmoid and loss ----------------------------------------------------------
    Question(
        "two sigmoids",
        7,
        "From a logit to a probability",
        (0.5, 0.88),
        "exp(0) is 1, so p = 1 / (1 + 1); and 1 / (1 + exp(-2)) = 0.88.",
        (
            Wrong(
                (0.0, 1.0),
                "took the sigmoid for a switch",
                "Put z = 0 into the formula: what is exp(0)?",
                "The sigmoid says 0 or 1.",
            ),
            Wrong(
                (0.5, 1.0),
                "rounded the second one",
                "2 is not so far from 0: exp(-2) is 0.14.",
                "The sigmoid says 0 or 1.",
            ),
            Wrong(
                (0.0, 0.88),
                "thought that 0 stays 0",
                "exp(0) is 1, so there is a 1 + 1 below the line.",
                "The sigmoid of 0 is 0.",
            ),
        ),
        "Put z = 0 and z = 2 into the formula.",
        typed="two numbers: (., .)",
        tolerance=0.03,
    ),
    Question(
        "surprise",
        7,
        "How wrong is an answer?",
        "c",
        "-log(1) = 0; -log(0.1) = 2.30 is more than twenty times -log(0.9) = 0.11.",
        (
            Wrong(
                "a",
                "exchanged p and 1 - p",
                "p is the probability of the right answer: is that a surprise if p = "
                "1?",
                "The larger p, the larger the cost.",
            ),
            Wrong(
                "b",
                "took 1 - p for the cost",
                "0.9 is nine times 0.1. But a logarithm grows without end: compare "
                "the two rows of the table.",
                "A wrong answer costs as much as its probability is off.",
            ),
            Wrong(
                "d",
                "counted mistakes",
                "A mistake counts 0 or 1; the surprise also says how sure the answer "
                "was.",
                "The loss is the number of mistakes.",
            ),
        ),
        "Find p = 0.99, p = 0.9 and p = 0.1 in the table.",
        choices=LETTERS_4,
    ),
    Question(
        "seven digits",
        7,
        "Why logits",
        "b",
        "1 - p is 0.00000004, too little for seven digits beside 1: p is rounded to 1.",
        (
            Wrong(
                "a",
                "computed as on paper",
                "Seven digits cannot hold eight nines. Look at p in the row z = 17.",
                "Numbers in a computer are the numbers of mathematics.",
            ),
            Wrong(
                "c",
                "took 0 for the logarithm of 0",
                "log(1) is 0. The nearer a number is to 0, the further its logarithm "
                "falls.",
                "The logarithm of 0 is 0.",
            ),
        ),
        "Run the next cell and look at the row z = 17.",
        choices=LETTERS_3,
    ),
    # -- 8: backward by hand ----------------------------------------------------------
    Question(
        "weight of a zero",
        8,
        "Step 2: the fully connected layer",
        0.0,
        "0 times the weight is 0, however the weight changes.",
        (
            Wrong(
                0.5622,
                "handed the message on as it is",
                "That is the slope of the bias. That of a weight is multiplied by "
                "its input.",
                "Every input gets the whole message.",
            ),
            Wrong(
                0.4216,
                "multiplied the message by the weight",
                "That is the slope of the input, dpool. The weight's has the input in "
                "it.",
                "The slope of a weight is the weight times the message.",
            ),
            Wrong(
                0.75,
                "took the weight itself",
                "How much does the logit change if this weight grows a little?",
                "The slope of a weight is the weight times the message.",
            ),
        ),
        "How much does the logit change if this weight grows a little?",
        tolerance=0.004,
    ),
    Question(
        "stopped message",
        8,
        "Step 4: ReLU",
        0.4216,
        "the number at its place was below 0 (-4), so ReLU had cut it to 0.",
        (
            Wrong(
                -0.1405,
                "looked at the sign of the message",
                "ReLU looks at the number that went forward. Find the four places in "
                "the convolution above.",
                "ReLU stops messages below 0.",
            ),
            Wrong(
                0.0,
                "let all messages pass",
                "If a number was cut to 0, a small change of it makes no difference. "
                "Find the four places in the convolution above.",
                "ReLU has no part in the way back.",
            ),
        ),
        "Find the places of the four messages in the convolution above.",
        typed="one of the four, or 0 for none",
        tolerance=0.02,
    ),
    Question(
        "one step",
        8,
        "One step downhill",
        "b",
        "a slope says in which direction it goes down here, not how far the valley is.",
        (
            Wrong(
                "a",
                "expected to arrive with one step",
                "A slope says in which direction it goes down, and nothing about how "
                "far. Compare the three losses.",
                "One step reaches the lowest point.",
            ),
            Wrong(
                "c",
                "went along with the slope",
                "A step goes against the slope: where the loss would rise, the number "
                "becomes smaller.",
                "A step goes in the direction of the slope.",
            ),
        ),
        "Compare the three losses of the next cell with that before the step.",
        choices=LETTERS_3,
    ),
    # -- 9: is the gradient right? ----------------------------------------------------
    Question(
        "smaller h",
        9,
        "A numerical slope",
        "b",
        "with a large h the curve bends in between, and with a tiny one only rounding "
        "is left.",
        (
            Wrong(
                "a",
                "thought of mathematics, where h goes to 0",
                "A computer has sixteen digits. Look at the left end of the curves.",
                "The smaller the step h, the better.",
            ),
            Wrong(
                "c",
                "feared the rounding alone",
                "Over a large h the curve bends. Look at the right end of the curves.",
                "The larger the step h, the safer.",
            ),
        ),
        "Look at both ends of the curves.",
        choices=LETTERS_3,
    ),
    Question(
        "wrong layer",
        9,
        "A layer with a mistake",
        (95.0, 90.0),
        "the fully connected layer learns in all three networks, and that is nearly "
        "enough.",
        (
            Wrong(
                (50.0, 50.0),
                "expected that nothing is learnt without the right gradient",
                "Another layer of this network can learn. Look at the three curves: "
                "would you have noticed the mistake?",
                "It learns, so my gradient is right.",
            ),
            Wrong(
                (95.0, 50.0),
                "expected the frozen one to toss a coin",
                "Only its convolution is frozen. Which layer can still learn?",
                "If one layer does not learn, the network does not learn.",
            ),
            Wrong(
                (70.0, 50.0),
                "expected the mistake to show",
                "Look at the three curves: would you have noticed it?",
                "It learns, so my gradient is right.",
            ),
        ),
        "Which layer can learn in all three networks?",
        typed="two percentages: (., .)",
        tolerance=6,
        is_percentage=True,
    ),
    # -- 10: steps downhill -----------------------------------------------------------
    Question(
        "valley",
        10,
        "The simplest step",
        "a",
        "the steepest direction allows only short steps, which are too short for a "
        "flat one.",
        (
            Wrong(
                "b",
                "exchanged the two",
                "In which direction does a step that is too long do harm? Look at "
                "where the path jumps.",
                "The steep direction is the slow one.",
            ),
            Wrong(
                "c",
                "thought that the steep direction has both disadvantages",
                "Steep means long steps: it arrives soon. Look at how far the path "
                "gets to the east.",
                "The steep direction is the slow one.",
            ),
            Wrong(
                "d",
                "gave each direction a learning rate of its own",
                "SGD has one learning rate for all numbers.",
                "Each number has a learning rate of its own.",
            ),
        ),
        "In which direction does the path jump, and in which does it creep?",
        choices=LETTERS_4,
    ),
    Question(
        "momentum",
        10,
        "Momentum",
        (10.0, 0.5),
        "1 + 0.9 + 0.81 + ... = 10, and 1 - 0.9 + 0.81 - ... = 0.53.",
        (
            Wrong(
                (1.9, 0.1),
                "stopped after the second step",
                "The kept step contains nine tenths of all steps before it. Go on "
                "adding.",
                "Momentum keeps the last slope only.",
            ),
            Wrong(
                (0.9, 0.9),
                "took the share for the length",
                "0.9 of the last step is kept, and a new one is added.",
                "Momentum makes each step shorter.",
            ),
            Wrong(
                (10.0, 0.0),
                "let the steps cancel altogether",
                "The newest step counts in full, the one before it only 0.9.",
                "Momentum keeps the last slope only.",
            ),
        ),
        "Write down the first three steps: each is 0.9 of the one before, and a new "
        "one.",
        typed="two numbers: (., .) times the first step",
        tolerance=0.11,
    ),
    # -- 11: Adam ---------------------------------------------------------------------
    Question(
        "first step",
        11,
        "Adam by hand",
        (0.001, 0.001),
        "m / sqrt(v) is the slope divided by its own size, so only + or - is left.",
        (
            Wrong(
                (0.005, 5.0),
                "multiplied the learning rate by the slope",
                "That is SGD. Adam divides by sqrt(v), the size of the slope.",
                "The steeper the slope, the longer the step.",
            ),
            Wrong(
                (0.0001, 0.0001),
                "took a tenth, because m is a tenth of the slope",
                "sqrt(v) is small as well, and the correction makes up for both.",
                "Adam starts with short steps, because m starts at 0.",
            ),
            Wrong(
                (0.00316, 0.00316),
                "left out the correction",
                "m / sqrt(v) alone is 0.1 / sqrt(0.001). Look at the line of `rate`.",
                "A small mistake in a formula has a small effect.",
            ),
            Wrong(
                (0.0005, 0.5),
                "multiplied the learning rate by m",
                "m is still divided by sqrt(v). Put t = 1 into the five lines.",
                "Adam starts with short steps, because m starts at 0.",
            ),
        ),
        "Put t = 1 and the slope 5 into the five lines.",
        typed="two numbers: (., .)",
        tolerance=0.00002,
    ),
    Question(
        "sixty steps",
        11,
        "Adam in the valley",
        "a",
        "sixty steps of 0.3 are 18, more than the 8 to the lowest point; and momentum "
        "keeps its speed to the east.",
        (
            Wrong(
                "b",
                "thought that Adam's 60 steps are too short",
                "60 x 0.3 = 18, and the lowest point is about 8 away.",
                "Learning rates of different methods can be compared.",
            ),
            Wrong(
                "c",
                "thought that momentum flies out of the valley",
                "Back and forth, its steps nearly cancel. Look at the upper picture.",
                "Momentum makes every step longer.",
            ),
        ),
        "Plain SGD ended 2.69 away. Compare.",
        choices=LETTERS_3,
    ),
    Question(
        "no correction",
        11,
        "Wrong versions that were published",
        (1.0, 3.16),
        "without the correction it is 0.1 / sqrt(0.001) = 3.16.",
        (
            Wrong(
                (1.0, 0.1),
                "looked at m alone",
                "m is a tenth, but sqrt(v) is only sqrt(0.001) = 0.03: divide.",
                "Adam starts with short steps, because m starts at 0.",
            ),
            Wrong(
                (1.0, 1.0),
                "thought that the correction changes little",
                "Divide: m is 0.1 after the first step, and v is 0.001.",
                "A small mistake in a formula has a small effect.",
            ),
        ),
        "After the first step m is 0.1 and v is 0.001: what is m / sqrt(v)?",
        typed="two numbers: (., .)",
        tolerance=0.2,
    ),
    Question(
        "downhill",
        11,
        "Wrong versions that were published",
        "c",
        "each of them still goes against the slope; only the lengths are wrong.",
        (
            Wrong(
                "a",
                "expected that wrong steps lead nowhere",
                "Each version still goes against the slope. Look at the five losses.",
                "It learns, so my gradient is right.",
            ),
            Wrong(
                "b",
                "expected that `multiplied` flies out",
                "In a steeper valley it does. Here? Look at the five losses.",
                "The steeper the slope, the longer the step.",
            ),
        ),
        "Look at the five losses: which are above 82.0?",
        choices=LETTERS_3,
    ),
    # -- 12: photos from folders ------------------------------------------------------
    Question(
        "third class",
        12,
        "What goes wrong with folders",
        "b",
        "two classes have one number, 0 or 1; a third one needs another network, so "
        "the program should stop and say so.",
        (
            Wrong(
                "a",
                "expected the labels 0, 1 and 2",
                "One sigmoid lies between 0 and 1: it can never learn a 2.",
                "If it runs, it is right.",
            ),
            Wrong(
                "c",
                "expected the third folder to be left out",
                "Then the photos in it would be lost, and you would not know.",
                "If it runs, it is right.",
            ),
        ),
        "Can one number between 0 and 1 stand for three classes?",
        choices=LETTERS_3,
    ),
    Question(
        "not mirrored",
        12,
        "Augmentation",
        "letters",
        "a mirrored b is a d, so the label would be wrong.",
        (
            Wrong(
                "leaves",
                "took leaves",
                "A mirrored leaf is a leaf of the same tree. Which mirrored picture "
                "shows something else?",
                "Augmentation always helps.",
            ),
            Wrong(
                "cats",
                "took cats",
                "A mirrored cat is still a cat. Which mirrored picture shows "
                "something else?",
                "Augmentation always helps.",
            ),
        ),
        "Which mirrored picture shows something else?",
        choices=("leaves", "letters", "cats"),
    ),
    # -- 13: training -----------------------------------------------------------------
    Question(
        "steps in an epoch",
        13,
        "Three words",
        4.0,
        "32 + 32 + 32 + 13 = 109: the last batch is shorter, and it counts.",
        (
            Wrong(
                109.0,
                "made a step with each photo",
                "A step is one batch: up to 32 photos together.",
                "A step is one photo.",
            ),
            Wrong(
                3.0,
                "left out the last 13 photos",
                "An epoch is once through all photos. The last batch is shorter.",
                "The photos that are left over are dropped.",
            ),
            Wrong(
                1.0,
                "took an epoch for a step",
                "A step is one batch, an epoch is once through all photos.",
                "An epoch is a step.",
            ),
            Wrong(
                Between(3.3, 3.5),
                "divided 109 by 32",
                "There is no 0.4 of a step: what becomes of the last photos?",
                "The photos that are left over are dropped.",
            ),
        ),
        "How many batches of at most 32 do 109 photos make?",
        typed="a whole number",
    ),
    Question(
        "validation loss",
        13,
        "Training",
        "b",
        "first it learns what holds for other photos, too; then its 100 photos by "
        "heart.",
        (
            Wrong(
                "a",
                "expected it to fall like the training loss",
                "The network sees its 100 photos again and again, but never these. "
                "Look at the orange line.",
                "99 % on the training photos: it understands.",
            ),
            Wrong(
                "c",
                "expected that nothing learnt is worth anything for new photos",
                "At first it is. Look at the beginning of the orange line.",
                "What is learnt from 100 photos holds for these alone.",
            ),
        ),
        "Follow the orange line from left to right.",
        choices=LETTERS_3,
    ),
    Question(
        "wrong labels",
        13,
        "How far does learning by heart go?",
        100.0,
        "124,193 numbers are enough to learn 100 photos by heart, whatever their "
        "labels.",
        (
            Wrong(
                Between(35, 65),
                "expected a coin toss: there is nothing to learn",
                "For new photos that is so. But the 100 photos themselves can be "
                "learnt by heart.",
                "99 % on the training photos: it understands.",
            ),
            Wrong(
                Between(65, 94),
                "expected that it learns a part",
                "Which photos would it not learn? It has more than 1000 numbers for "
                "each of them.",
                "99 % on the training photos: it understands.",
            ),
        ),
        "Look at the line `training`.",
        typed="how many of 100",
        tolerance=5,
        is_percentage=True,
    ),
    Question(
        "ten times the photos",
        13,
        "What helps",
        9.0,
        "from about 72 % to about 81 %: more photos help, but slowly.",
        (
            Wrong(
                Between(18, 100),
                "expected ten times the photos to take away most mistakes",
                "72 % is right with 100 photos. Compare the means.",
                "Ten times the photos make a tenth of the mistakes.",
            ),
            Wrong(
                Between(-10, 3),
                "expected that more photos change little",
                "Compare the means of the first row and the last.",
                "The network counts, not the number of photos.",
            ),
        ),
        "Compare the means of the first row and the last.",
        typed="percentage points",
        tolerance=5,
    ),
    # -- 14: honest numbers -----------------------------------------------------------
    Question(
        "true accuracy",
        14,
        "33 of 36",
        "c",
        "36 photos say little: true accuracies from 78 % to 97 % can give 33 of 36.",
        (
            Wrong(
                "a",
                "took the result for the truth",
                "Other photos are harder or easier by luck. Look at the interval of "
                "33 of 36.",
                "33 of 36 is 92 %, so it is a 92 % network.",
            ),
            Wrong(
                "b",
                "allowed one photo more or less",
                "Three or four photos more or less are nothing unusual. Look at the "
                "interval of 33 of 36.",
                "33 of 36 is 92 %, so it is a 92 % network.",
            ),
            Wrong(
                "d",
                "thought that 36 photos say nothing at all",
                "A network of 60 % would hardly ever get 33 of 36. Look at the "
                "interval.",
                "With so few photos nothing is known.",
            ),
        ),
        "Look at the interval of 33 of 36.",
        choices=LETTERS_4,
    ),
    Question(
        "mean colour",
        14,
        "Compared with what?",
        68.0,
        "the background takes part in the mean, and it is everywhere in the photo.",
        (
            Wrong(
                Between(85, 100),
                "thought of the hero's colour alone",
                "Most pixels of a photo are background, and they are in the mean, too.",
                "The mean colour of a photo is the colour of the hero.",
            ),
            Wrong(
                Between(40, 57),
                "expected a coin toss",
                "A yellow hero still makes the whole photo a little more yellow.",
                "A baseline is a coin toss.",
            ),
        ),
        "Run the next cell.",
        typed="how many of 100",
        tolerance=10,
        is_percentage=True,
    ),
    Question(
        "two networks",
        14,
        "Two networks, the same photos",
        "b",
        "the second network wins all ten photos on which they differ: a coin does "
        "that in 0.2 % of all tries.",
        (
            Wrong(
                "a",
                "decided by the two intervals",
                "They do not know that the photos are the same. On how many is "
                "exactly one of the two right?",
                "Intervals that overlap decide nothing.",
            ),
            Wrong(
                "c",
                "took more right answers for the proof",
                "Then 33 of 36 would always beat 32 of 36. Look at the test on 36 "
                "photos.",
                "33 of 36 is 92 %, so it is a 92 % network.",
            ),
        ),
        "Look at the line `a fair coin is as uneven`.",
        choices=LETTERS_3,
    ),
    # -- 15: shortcuts and leaks ------------------------------------------------------
    Question(
        "changed photos",
        15,
        "Does it only see colour?",
        (50.0, 65.0),
        "grey and mixed photos are unlike all that these networks have learnt from.",
        (
            Wrong(
                (90.0, 50.0),
                "thought that it knows the shapes",
                "It was trained in colour, and grey is new to it. Look at the first "
                "two changed pictures.",
                "A good test result means it knows the shape.",
            ),
            Wrong(
                (50.0, 98.0),
                "thought that it sees only colours",
                "With mixed pixels all colours are still there, and yet much is lost.",
                "What was taken away is all that it can use.",
            ),
        ),
        "Look at the percentages above the pictures.",
        typed="two percentages: (., .)",
        tolerance=10,
        is_percentage=True,
    ),
    Question(
        "what is lost",
        15,
        "Does it only see colour?",
        "b",
        "one order for all photos can be undone; grey has no colours left, and photos "
        "that are mixed one by one have no shapes left.",
        (
            Wrong(
                "a",
                "thought that one mixing for all destroys the photos as well",
                "For us it does. Remember notebook 5: what does a fully connected "
                "layer notice of it?",
                "A photo that I cannot recognise is lost for the network.",
            ),
            Wrong(
                "c",
                "thought that colours are not needed",
                "Compare the networks that were trained on grey photos with those of "
                "the photos as they are, and with `grey, each mixed`.",
                "A good test result means it knows the shape.",
            ),
        ),
        "Look at the lines with *trained*.",
        choices=LETTERS_3,
    ),
    Question(
        "the mark",
        15,
        "Shortcuts",
        (99.0, 52.0, 4.0),
        "it has learnt the mark: without one it says Iron Man, and a mark on Iron Man "
        "makes him a Pikachu.",
        (
            Wrong(
                (99.0, 99.0, 99.0),
                "thought that it knows the heroes",
                "The mark is easier to learn than a hero in the dark. Run the next "
                "cell.",
                "A good test result means it knows the shape.",
            ),
            Wrong(
                (99.0, 50.0, 50.0),
                "took a wrong mark for no mark",
                "A mark is a reason to say Pikachu, for each photo that has one.",
                "Where there is nothing to see, the network tosses a coin.",
            ),
            Wrong(
                (99.0, 80.0, 80.0),
                "took the mark for a small help",
                "Why should it learn more if the mark is enough?",
                "A good test result means it knows the shape.",
            ),
        ),
        "What would a network answer that looks at the mark alone?",
        typed="three percentages: (., ., .)",
        tolerance=15,
        is_percentage=True,
    ),
    Question(
        "leak",
        15,
        "Leaks",
        12.0,
        "half of the test is memory, 100 %: the result lies midway between that and "
        "the result on the new half.",
        (
            Wrong(
                Between(-10, 3),
                "expected no difference: photos are photos",
                "What has been learnt by heart is right without being understood. "
                "Compare the intervals.",
                "A photo from the training may be in the test, too.",
            ),
            Wrong(
                Between(18, 60),
                "expected nearly 100 % in the second test",
                "Only half of its photos were learnt from; the other half is honest.",
                "One leak makes the whole test worthless.",
            ),
        ),
        "Compare the first two lines of each seed.",
        typed="percentage points",
        tolerance=5,
    ),
    # -- 16: who is it? ---------------------------------------------------------------
    Question(
        "not divided",
        16,
        "The tutorial's way",
        "b",
        "the logits become about 255 times as large, and the sigmoid of such a number "
        "is 0 or 1.",
        (
            Wrong(
                "a",
                "multiplied the probabilities",
                "A sigmoid never gives more than 1. What does it make of a logit of "
                "500?",
                "Larger numbers in, larger probabilities out.",
            ),
            Wrong(
                "c",
                "took a brighter photo for the same photo",
                "The logits grow with the numbers, and the sigmoid squeezes them. "
                "Look at the right picture.",
                "The network sees the photo, whatever its numbers are.",
            ),
            Wrong(
                "d",
                "expected doubt",
                "A network does not know that its input is strange. Look at the right "
                "picture.",
                "It says so if it does not know.",
            ),
        ),
        "What does the sigmoid make of a logit of 500? Look at the right picture.",
        choices=LETTERS_4,
    ),
    Question(
        "equal to 1",
        16,
        "The tutorial's way",
        (0.0, 17.0),
        "only with the wrong input are the probabilities exactly 1.",
        (
            Wrong(
                (17.0, 17.0),
                "took a probability for a yes or no",
                "0.93 is not equal to 1. Count the exact ones in the next cell.",
                "The sigmoid says 0 or 1.",
            ),
            Wrong(
                (17.0, 0.0),
                "expected the right input to work and the wrong one to fail",
                "A probability from the right input is hardly ever exactly 1. And the "
                "others?",
                "A mistake makes the result worse.",
            ),
            Wrong(
                (0.0, 0.0),
                "found none in either",
                "With numbers up to 255, how many answers were exactly 0 or 1?",
                "A mistake makes the result worse.",
            ),
        ),
        "How many probabilities are *exactly* 1, in the left picture and in the right?",
        typed="two numbers of photos: (., .)",
        tolerance=1.5,
    ),
    Question(
        "sure answers",
        16,
        'How sure is "95 %"?',
        (100.0, 83.0),
        "on drawings like the training photos it is too careful, and on moved ones it "
        "is overconfident.",
        (
            Wrong(
                (95.0, 95.0),
                "took the probability at its word",
                "Training does not promise that. Compare `sure` and `right` in the "
                "last line of each table.",
                "A probability of 95 % means that 95 of 100 are right.",
            ),
            Wrong(
                (100.0, 100.0),
                "expected that sure answers are right",
                "After the move the photos are unlike the training photos, and the "
                "network is sure all the same.",
                "It is 100 % sure, so it is right.",
            ),
            Wrong(
                (100.0, 50.0),
                "expected it to be lost after the move",
                "A part of what it uses has not moved. Look at the last line.",
                "What was taken away is all that it can use.",
            ),
        ),
        "Look at the last line of each of the two tables.",
        typed="two percentages: (., .)",
        tolerance=7,
        is_percentage=True,
    ),
    Question(
        "something else",
        16,
        "A photo of something else",
        "c",
        "it has two names and one number; there is no place in it for a third answer.",
        (
            Wrong(
                "a",
                "expected an answer that it does not have",
                "One number stands for two names. Which number would be `neither`?",
                "It says so if it does not know.",
            ),
            Wrong(
                "b",
                "expected it to be unsure of what it has never seen",
                "Doubt has to be learnt, too. Look at the percentages.",
                "It is 100 % sure, so it is right.",
            ),
        ),
        "Look at the names and the percentages.",
        choices=LETTERS_3,
    ),
    # -- 17: what did it look at? -----------------------------------------------------
    Question(
        "cover",
        17,
        "1. Cover a part: occlusion",
        "a",
        "what is hidden there was a reason for the answer.",
        (
            Wrong(
                "b",
                "took the background for the reason",
                "That can happen (notebook 15). Here? Look at the map on the right.",
                "All places of a photo count equally.",
            ),
            Wrong(
                "c",
                "took all places for equal",
                "Look at the map on the right: it is not of one colour.",
                "All places of a photo count equally.",
            ),
        ),
        "Look at the map on the right.",
        choices=LETTERS_3,
    ),
    Question(
        "four maps",
        17,
        "3. and 4. Saliency and Grad-CAM",
        "c",
        "hiding, changing and adding up are different questions.",
        (
            Wrong(
                "a",
                "expected one map",
                "What happens if I hide this, and what if I change it a little? "
                "Compare the four pictures.",
                "The red map shows what the network thinks.",
            ),
            Wrong(
                "b",
                "looked for the one that is right",
                "Each is the right answer to its own question. Read again what each "
                "method computes.",
                "The red map shows what the network thinks.",
            ),
        ),
        "Read again what each method computes.",
        choices=LETTERS_3,
    ),
    Question(
        "corner",
        17,
        "Catch the cheat",
        "b",
        "the square that covers the corner looks like a mark, so it makes the network "
        "say Pikachu.",
        (
            Wrong(
                "a",
                "thought that an empty corner cannot count",
                "For this network, `no mark` is the reason to say Iron Man. What does "
                "the square look like that hides the corner?",
                "Where there is nothing to see, the network sees nothing.",
            ),
            Wrong(
                "c",
                "took it for an exception",
                "Look at the numbers for Iron Man, and compare with the honest "
                "network.",
                "Where there is nothing to see, the network sees nothing.",
            ),
        ),
        "Look at the two lines of the cheat, and then at those of the honest network.",
        choices=LETTERS_3,
    ),
    # -- 18: the tutorial's slips -----------------------------------------------------
    Question(
        "capital letters",
        18,
        "Answers that come out wrong",
        "b",
        "capital letters come before small ones, so Pikachu is 0 and iron man is 1.",
        (
            Wrong(
                "a",
                "sorted as in a dictionary",
                "For a computer, all capital letters come before the small ones.",
                "Capital letters do not matter.",
            ),
            Wrong(
                "c",
                "took the order in which the folders were made",
                "The names are sorted, whenever the folders were made.",
                "The order of the folders is that in which they were made.",
            ),
        ),
        "Which comes first for a computer, P or i? Run the next cell.",
        choices=LETTERS_3,
    ),
    # -- 19: what bigger networks add -------------------------------------------------
    Question(
        "hero anywhere",
        19,
        "A harder task: the hero can be anywhere",
        "b",
        "the feature maps move with the hero, but the dense layer has a weight of its "
        "own for each place.",
        (
            Wrong(
                "a",
                "took the kernels for the whole network",
                "The kernels find the hero at every place, but after flattening each "
                "place has its own weights. Run the next cell.",
                "A convolution sees the hero wherever it stands.",
            ),
            Wrong(
                "c",
                "took a harder task for an impossible one",
                "With 800 photos, each place has been seen a few times. Run the next "
                "cell.",
                "Without colour, there is nothing to learn.",
            ),
        ),
        "Run the next cell: how many of the 400 are right with each seed?",
        choices=LETTERS_3,
    ),
    Question(
        "field of the third",
        19,
        "More blocks: each number sees more",
        18.0,
        "each 3x3 kernel adds two cells of its maps, each 2x2 pooling one, and after "
        "a pooling a step from cell to cell is twice as wide.",
        (
            Wrong(
                3.0,
                "counted the cells of its own maps",
                "It looks at 3 cells of the second block's maps, and each of them has "
                "already seen a larger part of the photo. The next cell counts pixels.",
                "A 3x3 kernel sees 3x3 pixels, wherever it is in the network.",
            ),
            Wrong(
                7.0,
                "left out the pooling",
                "Three convolutions alone would see 7. After a pooling, one step on "
                "the maps is two pixels of the photo, after two it is four.",
                "Pooling only makes the maps smaller.",
            ),
            Wrong(
                15.0,
                "left out the second cell of each pooling",
                "The steps are right, but a 2x2 pooling takes in a cell more: 4 after "
                "the first, so 8 after the second convolution.",
                "Pooling only makes the maps smaller.",
            ),
            Wrong(
                27.0,
                "multiplied the widths",
                "Neighbouring windows overlap, so their widths do not multiply. The "
                "next cell counts pixels from layer to layer.",
                "Three layers of 3x3 see 3 times 3 times 3 pixels.",
            ),
            Wrong(
                22.0,
                "went one layer too far",
                "That is what a number sees after the third pooling. The question is "
                "about the convolution before it.",
                "Pooling only makes the maps smaller.",
            ),
        ),
        "Begin with 3. A 2x2 pooling takes in one pixel more: it is 4 after it. Then "
        "run the next cell.",
        typed="a whole number",
    ),
    Question(
        "mean of one photo",
        19,
        "Batch normalisation",
        "b",
        "it keeps a running mean in training, so the answer to a photo does not depend "
        "on the photos beside it.",
        (
            Wrong(
                "a",
                "took the photo for a batch",
                "Then the photo's own mean would disappear, and its answer would "
                "change with the photos beside it. Compare the two last numbers of "
                "the next cell.",
                "An answer depends on the other photos of the batch.",
            ),
            Wrong(
                "c",
                "took it for a help that only training needs",
                "The layers after it have learnt from normalised numbers and need "
                "them. The layer still has to take some mean: which one?",
                "After training, normalisation is switched off.",
            ),
        ),
        "What can it know about a channel when there is only one photo?",
        choices=LETTERS_3,
    ),
    Question(
        "after eight layers",
        19,
        "Two more, which this task does not need",
        1 / 16,
        "the mean square is halved eight times, so it is 1/256, and its root is 1/16.",
        (
            Wrong(
                1 / 256,
                "halved the typical size itself",
                "The mean square is halved in each layer. The typical size is its "
                "root.",
                "Half the square is half the size.",
            ),
            Wrong(
                1.0,
                "left out the ReLU",
                "Glorot's kernels keep the size in a layer without ReLU. The ReLU sets "
                "half of the numbers to 0.",
                "A good initialisation keeps the numbers as they are.",
            ),
            Wrong(
                0.5,
                "counted one layer",
                "There are eight layers, and each of them has a ReLU.",
                "Half the square is half the size.",
            ),
        ),
        "By what is the mean square multiplied in one layer? And in eight?",
        tolerance=0.006,
    ),
    # -- 20: where next ---------------------------------------------------------------
    Question(
        "four networks",
        20,
        "An experiment of your own",
        "b",
        "each network with a convolution beats each one without; among the three, the "
        "seed decides who is first.",
        (
            Wrong(
                "a",
                "expected that two convolutions are clearly better than one",
                "Compare all three seeds: is each of its numbers above those of the "
                "others?",
                "More layers are better, even without ReLU.",
            ),
            Wrong(
                "c",
                "expected that average pooling is clearly worse",
                "Compare all three seeds: is each of its numbers below those of the "
                "others?",
                "Max pooling is always better.",
            ),
            Wrong(
                "d",
                "expected no difference at all",
                "Look at the network without a convolution.",
                "All networks are about equally good.",
            ),
        ),
        "Look at the p-values of each pair of networks.",
        choices=LETTERS_4,
    ),
)

QUESTIONS: dict[str, Question] = {question.name: question for question in _ALL}
